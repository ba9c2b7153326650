CREATE TABLE "gold_items" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"study_id" uuid NOT NULL,
	"query_id" uuid NOT NULL,
	"first" uuid NOT NULL,
	"second" uuid NOT NULL,
	"expected" text NOT NULL,
	"note" text DEFAULT '' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"changed_at" timestamp with time zone DEFAULT now() NOT NULL,
	"retired_at" timestamp with time zone,
	CONSTRAINT "gold_items_answers" CHECK ("gold_items"."first" <> "gold_items"."second")
);
--> statement-breakpoint
ALTER TABLE "battles" ALTER COLUMN "model_a" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "battles" ALTER COLUMN "model_b" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "votes" ALTER COLUMN "model_a" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "votes" ALTER COLUMN "model_b" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "responses" ALTER COLUMN "collection_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "responses" ALTER COLUMN "model_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "battles" ADD COLUMN "gold_item_id" uuid;--> statement-breakpoint
ALTER TABLE "gold_items" ADD CONSTRAINT "gold_items_study_id_studies_id_fk" FOREIGN KEY ("study_id") REFERENCES "public"."studies"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gold_items" ADD CONSTRAINT "gold_items_query_id_queries_id_fk" FOREIGN KEY ("query_id") REFERENCES "public"."queries"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gold_items" ADD CONSTRAINT "gold_items_first_responses_id_fk" FOREIGN KEY ("first") REFERENCES "public"."responses"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gold_items" ADD CONSTRAINT "gold_items_second_responses_id_fk" FOREIGN KEY ("second") REFERENCES "public"."responses"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "gold_items_study" ON "gold_items" USING btree ("study_id","query_id");--> statement-breakpoint
CREATE INDEX "gold_items_first" ON "gold_items" USING btree ("first");--> statement-breakpoint
CREATE INDEX "gold_items_second" ON "gold_items" USING btree ("second");--> statement-breakpoint
ALTER TABLE "battles" ADD CONSTRAINT "battles_gold_item_id_gold_items_id_fk" FOREIGN KEY ("gold_item_id") REFERENCES "public"."gold_items"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "battles_gold" ON "battles" USING btree ("gold_item_id") WHERE "battles"."gold_item_id" is not null;--> statement-breakpoint
CREATE INDEX "votes_gold" ON "votes" USING btree ("study_id","rater_id") WHERE "votes"."purpose" = 'gold';--> statement-breakpoint
ALTER TABLE "battles" ADD CONSTRAINT "battles_models" CHECK (("battles"."purpose" = 'gold') = ("battles"."model_a" is null) and ("battles"."model_a" is null) = ("battles"."model_b" is null));--> statement-breakpoint
ALTER TABLE "votes" ADD CONSTRAINT "votes_models" CHECK (("votes"."purpose" = 'gold') = ("votes"."model_a" is null) and ("votes"."model_a" is null) = ("votes"."model_b" is null));--> statement-breakpoint
ALTER TABLE "votes" ADD CONSTRAINT "votes_gold_moves_nothing" CHECK (not ("votes"."counted" and "votes"."purpose" = 'gold'));--> statement-breakpoint
ALTER TABLE "responses" ADD CONSTRAINT "responses_model" CHECK (("responses"."collection_id" is null) = ("responses"."model_id" is null));