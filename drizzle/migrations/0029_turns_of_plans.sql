ALTER TABLE "plans" ADD COLUMN "rank" double precision DEFAULT extract(epoch from clock_timestamp()) NOT NULL;--> statement-breakpoint
UPDATE "plans" SET "rank" = extract(epoch from "created_at");
