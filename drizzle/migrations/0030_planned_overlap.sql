CREATE TABLE "planned_overlaps" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"study_id" uuid NOT NULL,
	"raters" integer NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"delivered_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "battles" ADD COLUMN "overlap_id" uuid;--> statement-breakpoint
ALTER TABLE "studies" ADD COLUMN "overlap_raters" integer DEFAULT 3 NOT NULL;--> statement-breakpoint
ALTER TABLE "planned_overlaps" ADD CONSTRAINT "planned_overlaps_study_id_studies_id_fk" FOREIGN KEY ("study_id") REFERENCES "public"."studies"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "planned_overlaps_open" ON "planned_overlaps" USING btree ("study_id") WHERE "planned_overlaps"."delivered_at" is null;--> statement-breakpoint
CREATE INDEX "planned_overlaps_study" ON "planned_overlaps" USING btree ("study_id");--> statement-breakpoint
ALTER TABLE "battles" ADD CONSTRAINT "battles_overlap_id_planned_overlaps_id_fk" FOREIGN KEY ("overlap_id") REFERENCES "public"."planned_overlaps"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "battles_overlap" ON "battles" USING btree ("overlap_id") WHERE "battles"."overlap_id" is not null;--> statement-breakpoint
CREATE INDEX "votes_overlap" ON "votes" USING btree ("study_id","id") WHERE "votes"."purpose" = 'overlap';--> statement-breakpoint
UPDATE "studies" SET "overlap_share" = 0 WHERE "status" <> 'draft';
