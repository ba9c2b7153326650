CREATE TABLE "training_cards" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"round_id" uuid NOT NULL,
	"study_id" uuid NOT NULL,
	"rater_id" uuid NOT NULL,
	"query_id" uuid NOT NULL,
	"gold_item_id" uuid,
	"place" integer NOT NULL,
	"first_left" boolean NOT NULL,
	"shown_at" timestamp with time zone DEFAULT now() NOT NULL,
	"verdict" "verdict",
	"expected" "verdict",
	"is_right" boolean,
	"dwell_ms" integer,
	"judged_at" timestamp with time zone,
	"read_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "training_rounds" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"study_id" uuid NOT NULL,
	"rater_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"items" integer NOT NULL,
	"needed" integer NOT NULL,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp with time zone,
	"passed" boolean,
	"reset_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "gold_items" ADD COLUMN "use" text DEFAULT 'hidden' NOT NULL;--> statement-breakpoint
ALTER TABLE "studies" ADD COLUMN "training_items" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "studies" ADD COLUMN "training_bar" integer DEFAULT 8 NOT NULL;--> statement-breakpoint
ALTER TABLE "studies" ADD COLUMN "training_tries" integer DEFAULT 3 NOT NULL;--> statement-breakpoint
ALTER TABLE "studies" ADD COLUMN "training_for" text DEFAULT 'new' NOT NULL;--> statement-breakpoint
ALTER TABLE "studies" ADD COLUMN "training_since" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "training_cards" ADD CONSTRAINT "training_cards_round_id_training_rounds_id_fk" FOREIGN KEY ("round_id") REFERENCES "public"."training_rounds"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "training_cards" ADD CONSTRAINT "training_cards_study_id_studies_id_fk" FOREIGN KEY ("study_id") REFERENCES "public"."studies"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "training_cards" ADD CONSTRAINT "training_cards_rater_id_raters_id_fk" FOREIGN KEY ("rater_id") REFERENCES "public"."raters"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "training_cards" ADD CONSTRAINT "training_cards_query_id_queries_id_fk" FOREIGN KEY ("query_id") REFERENCES "public"."queries"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "training_cards" ADD CONSTRAINT "training_cards_gold_item_id_gold_items_id_fk" FOREIGN KEY ("gold_item_id") REFERENCES "public"."gold_items"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "training_rounds" ADD CONSTRAINT "training_rounds_study_id_studies_id_fk" FOREIGN KEY ("study_id") REFERENCES "public"."studies"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "training_rounds" ADD CONSTRAINT "training_rounds_rater_id_raters_id_fk" FOREIGN KEY ("rater_id") REFERENCES "public"."raters"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "training_cards_place" ON "training_cards" USING btree ("round_id","place");--> statement-breakpoint
CREATE INDEX "training_cards_rater" ON "training_cards" USING btree ("study_id","rater_id");--> statement-breakpoint
CREATE INDEX "training_cards_item" ON "training_cards" USING btree ("gold_item_id") WHERE "training_cards"."gold_item_id" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "training_rounds_open" ON "training_rounds" USING btree ("study_id","rater_id") WHERE "training_rounds"."ended_at" is null;--> statement-breakpoint
CREATE INDEX "training_rounds_rater" ON "training_rounds" USING btree ("study_id","rater_id","number");