CREATE TABLE "battle_exclusions" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"battle_id" uuid NOT NULL,
	"report_id" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"undone_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "pair_counts" ADD COLUMN "reported" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "reports" ADD COLUMN "leave_out" text;--> statement-breakpoint
ALTER TABLE "battle_exclusions" ADD CONSTRAINT "battle_exclusions_battle_id_battles_id_fk" FOREIGN KEY ("battle_id") REFERENCES "public"."battles"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "battle_exclusions" ADD CONSTRAINT "battle_exclusions_report_id_reports_id_fk" FOREIGN KEY ("report_id") REFERENCES "public"."reports"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "battle_exclusions_battle" ON "battle_exclusions" USING btree ("battle_id");--> statement-breakpoint
CREATE UNIQUE INDEX "battle_exclusions_standing" ON "battle_exclusions" USING btree ("report_id","battle_id") WHERE "battle_exclusions"."undone_at" is null;