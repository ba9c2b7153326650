CREATE TABLE "pair_totals" (
	"study_id" uuid NOT NULL,
	"low" uuid NOT NULL,
	"high" uuid NOT NULL,
	"votes" integer NOT NULL,
	"lean" integer NOT NULL,
	CONSTRAINT "pair_totals_study_id_low_high_pk" PRIMARY KEY("study_id","low","high")
);
--> statement-breakpoint
ALTER TABLE "pair_totals" ADD CONSTRAINT "pair_totals_study_id_studies_id_fk" FOREIGN KEY ("study_id") REFERENCES "public"."studies"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pair_totals" ADD CONSTRAINT "pair_totals_low_models_id_fk" FOREIGN KEY ("low") REFERENCES "public"."models"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pair_totals" ADD CONSTRAINT "pair_totals_high_models_id_fk" FOREIGN KEY ("high") REFERENCES "public"."models"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
INSERT INTO "pair_totals" ("study_id", "low", "high", "votes", "lean")
SELECT "study_id", least("model_a", "model_b"), greatest("model_a", "model_b"), sum("votes"),
	sum(CASE WHEN "model_a" < "model_b" THEN "votes" ELSE -"votes" END)
FROM "pair_counts" WHERE "verdict" <> 'unsure' GROUP BY 1, 2, 3;--> statement-breakpoint
CREATE FUNCTION keep_pair_totals() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	cell pair_counts := coalesce(new, old);
	moved integer := coalesce(new.votes, 0) - coalesce(old.votes, 0);
BEGIN
	IF cell.verdict <> 'unsure' AND moved <> 0 THEN
		INSERT INTO pair_totals AS t (study_id, low, high, votes, lean)
		VALUES (cell.study_id, least(cell.model_a, cell.model_b), greatest(cell.model_a, cell.model_b), moved,
			CASE WHEN cell.model_a < cell.model_b THEN moved ELSE -moved END)
		ON CONFLICT (study_id, low, high) DO UPDATE SET votes = t.votes + excluded.votes, lean = t.lean + excluded.lean;
	END IF;
	RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER pair_totals_kept AFTER INSERT OR DELETE OR UPDATE OF "votes" ON "pair_counts"
FOR EACH ROW EXECUTE FUNCTION keep_pair_totals();
