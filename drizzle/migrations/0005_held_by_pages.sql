ALTER TABLE "battles" ADD COLUMN "holders" uuid[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "studies" ADD COLUMN "least_card_seconds" integer DEFAULT 1 NOT NULL;