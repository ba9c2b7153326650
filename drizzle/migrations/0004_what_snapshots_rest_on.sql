CREATE TABLE "rater_counts" (
	"study_id" uuid NOT NULL,
	"rater_id" uuid NOT NULL,
	"category" "query_category" NOT NULL,
	"votes" integer NOT NULL,
	CONSTRAINT "rater_counts_study_id_rater_id_category_pk" PRIMARY KEY("study_id","rater_id","category")
);
--> statement-breakpoint
ALTER TABLE "pair_counts" ADD COLUMN "late" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "pair_counts" ADD COLUMN "duplicate" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "pair_counts" ADD COLUMN "withdrawn" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "pair_counts" ADD COLUMN "last_vote_id" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "votes" ADD COLUMN "left_out" text;--> statement-breakpoint
ALTER TABLE "snapshots" ADD COLUMN "counted_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "snapshots" ADD COLUMN "top_flip" jsonb;--> statement-breakpoint
ALTER TABLE "studies" ADD COLUMN "licence" text DEFAULT 'CC BY 4.0' NOT NULL;--> statement-breakpoint
ALTER TABLE "rater_counts" ADD CONSTRAINT "rater_counts_study_id_studies_id_fk" FOREIGN KEY ("study_id") REFERENCES "public"."studies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rater_counts" ADD CONSTRAINT "rater_counts_rater_id_raters_id_fk" FOREIGN KEY ("rater_id") REFERENCES "public"."raters"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "votes_rater_query" ON "votes" USING btree ("rater_id","query_id");--> statement-breakpoint
UPDATE "snapshots" SET "counted_at" = "created_at";--> statement-breakpoint
UPDATE "votes" SET "left_out" = 'late' WHERE NOT "counted";--> statement-breakpoint
INSERT INTO "pair_counts" ("study_id", "category", "model_a", "model_b", "verdict", "votes")
SELECT DISTINCT "study_id", "category", "model_a", "model_b", "verdict", 0 FROM "votes" ON CONFLICT DO NOTHING;--> statement-breakpoint
UPDATE "pair_counts" p SET "late" = v."late", "withdrawn" = v."withdrawn", "last_vote_id" = v."last_vote_id"
FROM (
	SELECT "study_id", "category", "model_a", "model_b", "verdict", max("id") AS "last_vote_id",
		count(*) FILTER (WHERE NOT "counted" AND "withdrawn_at" IS NULL) AS "late",
		count(*) FILTER (WHERE "withdrawn_at" IS NOT NULL) AS "withdrawn"
	FROM "votes" GROUP BY 1, 2, 3, 4, 5
) v
WHERE (p."study_id", p."category", p."model_a", p."model_b", p."verdict") = (v."study_id", v."category", v."model_a", v."model_b", v."verdict");--> statement-breakpoint
INSERT INTO "rater_counts" ("study_id", "rater_id", "category", "votes")
SELECT "study_id", "rater_id", "category", count(*) FROM "votes" WHERE "counted" AND "withdrawn_at" IS NULL GROUP BY 1, 2, 3;
