CREATE TABLE "panel_places" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"panel_id" uuid NOT NULL,
	"study_id" uuid NOT NULL,
	"participant_id" text NOT NULL,
	"session_id" text DEFAULT '' NOT NULL,
	"parameters" jsonb NOT NULL,
	"rater_id" uuid,
	"state" text NOT NULL,
	"votes_before" integer DEFAULT 0 NOT NULL,
	"arrived_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp with time zone,
	CONSTRAINT "panel_places_sitting" UNIQUE("panel_id","participant_id","session_id")
);
--> statement-breakpoint
CREATE TABLE "panels" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"study_id" uuid NOT NULL,
	"name" text NOT NULL,
	"provider" text NOT NULL,
	"code_hash" text NOT NULL,
	"id_parameter" text NOT NULL,
	"session_parameter" text DEFAULT '' NOT NULL,
	"places" integer NOT NULL,
	"cohort" text NOT NULL,
	"completion_code" text DEFAULT '' NOT NULL,
	"completion_url" text DEFAULT '' NOT NULL,
	"screened_code" text DEFAULT '' NOT NULL,
	"screened_url" text DEFAULT '' NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"stopped_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "panels_codeHash_unique" UNIQUE("code_hash")
);
--> statement-breakpoint
ALTER TABLE "panel_places" ADD CONSTRAINT "panel_places_panel_id_panels_id_fk" FOREIGN KEY ("panel_id") REFERENCES "public"."panels"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "panel_places" ADD CONSTRAINT "panel_places_study_id_studies_id_fk" FOREIGN KEY ("study_id") REFERENCES "public"."studies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "panel_places" ADD CONSTRAINT "panel_places_rater_id_raters_id_fk" FOREIGN KEY ("rater_id") REFERENCES "public"."raters"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "panels" ADD CONSTRAINT "panels_study_id_studies_id_fk" FOREIGN KEY ("study_id") REFERENCES "public"."studies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "panel_places_rater" ON "panel_places" USING btree ("rater_id","study_id","arrived_at");--> statement-breakpoint
CREATE INDEX "panel_places_study" ON "panel_places" USING btree ("study_id","participant_id");