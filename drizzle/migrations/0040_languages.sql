ALTER TABLE "people" ADD COLUMN "language" text;--> statement-breakpoint
ALTER TABLE "studies" ADD COLUMN "language" text DEFAULT 'browser' NOT NULL;