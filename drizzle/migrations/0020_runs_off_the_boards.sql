ALTER TABLE "runs" ADD COLUMN "withdrawn_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "withdrawn_reason" text;