CREATE TYPE "public"."proposal_source" AS ENUM('rules', 'model');--> statement-breakpoint
CREATE TYPE "public"."asked_outcome" AS ENUM('proposed', 'same', 'unreadable');--> statement-breakpoint
CREATE TABLE "category_proposals" (
	"query_id" uuid PRIMARY KEY NOT NULL,
	"category" "query_category" NOT NULL,
	"source" "proposal_source" NOT NULL,
	"because" text NOT NULL,
	"rejected_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "category_rules" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"category" "query_category" NOT NULL,
	"words" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "category_rules_category_words_unique" UNIQUE("category","words")
);
--> statement-breakpoint
CREATE TABLE "category_asked" (
	"asking_id" uuid NOT NULL,
	"query_id" uuid NOT NULL,
	"outcome" "asked_outcome",
	CONSTRAINT "category_asked_asking_id_query_id_pk" PRIMARY KEY("asking_id","query_id")
);
--> statement-breakpoint
CREATE TABLE "category_askings" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"pool_id" uuid NOT NULL,
	"plan_id" uuid NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "category_askings_planId_unique" UNIQUE("plan_id")
);
--> statement-breakpoint
ALTER TABLE "category_proposals" ADD CONSTRAINT "category_proposals_query_id_queries_id_fk" FOREIGN KEY ("query_id") REFERENCES "public"."queries"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "category_asked" ADD CONSTRAINT "category_asked_asking_id_category_askings_id_fk" FOREIGN KEY ("asking_id") REFERENCES "public"."category_askings"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "category_asked" ADD CONSTRAINT "category_asked_query_id_queries_id_fk" FOREIGN KEY ("query_id") REFERENCES "public"."queries"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "category_askings" ADD CONSTRAINT "category_askings_pool_id_pools_id_fk" FOREIGN KEY ("pool_id") REFERENCES "public"."pools"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "category_askings" ADD CONSTRAINT "category_askings_plan_id_plans_id_fk" FOREIGN KEY ("plan_id") REFERENCES "public"."plans"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "category_asked_query_id_index" ON "category_asked" USING btree ("query_id");--> statement-breakpoint
INSERT INTO "category_rules" ("category", "words") VALUES
	('captioning', 'describe'), ('captioning', 'caption'), ('captioning', 'what is happening'), ('captioning', 'what do you see'), ('captioning', 'what is in this picture'), ('captioning', 'what is in the image'),
	('counting', 'how many'), ('counting', 'count'), ('counting', 'number of'), ('counting', 'wie viele'), ('counting', 'combien de'), ('counting', 'cuántos'), ('counting', 'cuántas'), ('counting', '几个'), ('counting', '多少'),
	('fine_grained', 'species'), ('fine_grained', 'breed'), ('fine_grained', 'what kind of'), ('fine_grained', 'which model'), ('fine_grained', 'what type of'), ('fine_grained', 'make and model'),
	('documents', 'document'), ('documents', 'receipt'), ('documents', 'invoice'), ('documents', 'form'), ('documents', 'screenshot'), ('documents', 'sign says'), ('documents', 'transcribe'), ('documents', 'read the text'), ('documents', 'what does it say'),
	('charts', 'chart'), ('charts', 'graph'), ('charts', 'plot'), ('charts', 'diagram'), ('charts', 'axis'), ('charts', 'histogram'), ('charts', 'legend'),
	('homework', 'solve'), ('homework', 'equation'), ('homework', 'calculate'), ('homework', 'prove'), ('homework', 'theorem'), ('homework', 'triangle'), ('homework', 'exercise'),
	('named_entities', 'who is'), ('named_entities', 'which city'), ('named_entities', 'which country'), ('named_entities', 'which brand'), ('named_entities', 'landmark'), ('named_entities', 'name of this building'), ('named_entities', 'where was this taken'), ('named_entities', 'who painted'),
	('creative', 'poem'), ('creative', 'story'), ('creative', 'haiku'), ('creative', 'joke'), ('creative', 'slogan'), ('creative', 'imagine'), ('creative', 'song'),
	('output_format', 'json'), ('output_format', 'yaml'), ('output_format', 'csv'), ('output_format', 'markdown'), ('output_format', 'html'), ('output_format', 'bullet points'), ('output_format', 'as a table'), ('output_format', 'latex')
ON CONFLICT DO NOTHING;
