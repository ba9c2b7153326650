DROP INDEX "battles_rater";--> statement-breakpoint
ALTER TABLE "rater_counts" ADD COLUMN "given" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "battles_held" ON "battles" USING btree ("rater_id") WHERE "battles"."consumed_at" is null and "battles"."released_at" is null;--> statement-breakpoint
CREATE INDEX "battles_seen" ON "battles" USING btree ("study_id","rater_id","query_id");--> statement-breakpoint
CREATE INDEX "battles_in_turn" ON "battles" USING btree ("study_id","rater_id","leased_at");--> statement-breakpoint
CREATE INDEX "responses_shown" ON "responses" USING btree ("collection_id","query_id") WHERE "responses"."status" = 'ready';--> statement-breakpoint
INSERT INTO "rater_counts" ("study_id", "rater_id", "category", "votes", "given")
SELECT "study_id", "rater_id", "category", 0, count(*) FROM "votes" WHERE "withdrawn_at" IS NULL GROUP BY 1, 2, 3
ON CONFLICT ("study_id", "rater_id", "category") DO UPDATE SET "given" = excluded."given";
