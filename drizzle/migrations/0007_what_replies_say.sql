ALTER TABLE "replies" ADD COLUMN "thinking" text;--> statement-breakpoint
ALTER TABLE "replies" ADD COLUMN "tokens_cached" integer;--> statement-breakpoint
ALTER TABLE "replies" ADD COLUMN "tokens_thinking" integer;--> statement-breakpoint
ALTER TABLE "endpoints" ADD COLUMN "thinking_tags" jsonb DEFAULT '["usual"]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "predictions" ADD COLUMN "empty" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "predictions" ADD COLUMN "thought" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "predictions" ADD COLUMN "other_model" text;