ALTER TABLE "votes" ADD COLUMN "strength" text;--> statement-breakpoint
ALTER TABLE "votes" ADD COLUMN "reasons" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "studies" ADD COLUMN "follow_up" text DEFAULT 'nothing' NOT NULL;