ALTER TABLE "attempts" ADD COLUMN "pictures" jsonb;--> statement-breakpoint
ALTER TABLE "plans" ADD COLUMN "spent" double precision DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "plans" ADD COLUMN "cost_limit" double precision;--> statement-breakpoint
ALTER TABLE "endpoints" ADD COLUMN "pictures" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "endpoints" ADD COLUMN "price" jsonb;--> statement-breakpoint
ALTER TABLE "probes" ADD COLUMN "cure" jsonb;--> statement-breakpoint
ALTER TABLE "predictions" ADD COLUMN "reused_from" integer;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "reuse" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "endpoints" DROP COLUMN "max_image_bytes";--> statement-breakpoint
ALTER TABLE "endpoints" DROP COLUMN "max_image_side";--> statement-breakpoint
ALTER TABLE "endpoints" DROP COLUMN "price_in_per_million";--> statement-breakpoint
ALTER TABLE "endpoints" DROP COLUMN "price_out_per_million";