CREATE TYPE "public"."import_state" AS ENUM('uploading', 'waiting', 'running', 'stopped', 'refused', 'failed', 'finished');--> statement-breakpoint
CREATE TABLE "query_imports" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"pool_id" uuid NOT NULL,
	"name" text NOT NULL,
	"state" "import_state" DEFAULT 'uploading' NOT NULL,
	"options" jsonb NOT NULL,
	"rows_read" integer DEFAULT 0 NOT NULL,
	"added" integer DEFAULT 0 NOT NULL,
	"known" integer DEFAULT 0 NOT NULL,
	"bad" integer DEFAULT 0 NOT NULL,
	"faults" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"reason" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "images" ADD COLUMN "fingerprint" text;--> statement-breakpoint
ALTER TABLE "pools" ADD COLUMN "archived_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "queries" ADD COLUMN "position" bigserial NOT NULL;--> statement-breakpoint
ALTER TABLE "queries" ADD COLUMN "deleted_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "query_imports" ADD CONSTRAINT "query_imports_pool_id_pools_id_fk" FOREIGN KEY ("pool_id") REFERENCES "public"."pools"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "query_imports_of_pool" ON "query_imports" USING btree ("pool_id","created_at");--> statement-breakpoint
CREATE INDEX "queries_of_pool" ON "queries" USING btree ("pool_id","position");--> statement-breakpoint
CREATE INDEX "queries_of_picture" ON "queries" USING btree ("image_sha256");