-- A board that follows every vote shows raters what they judged: samples alone have one.
update studies set publishing = 'batched' where not sample;
