ALTER TABLE "runs" ALTER COLUMN "data_revision" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "plans" ADD COLUMN "growing" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "plans" ADD COLUMN "read_by" text;--> statement-breakpoint
ALTER TABLE "plans" ADD COLUMN "read_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "plans" ADD COLUMN "place" text;--> statement-breakpoint
ALTER TABLE "images" ADD COLUMN "file" text;--> statement-breakpoint
ALTER TABLE "images" ADD COLUMN "file_offset" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "predictions" ADD COLUMN "fault" text;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "data_state" text;--> statement-breakpoint
UPDATE "plans" SET "growing" = true, "state" = CASE "plans"."state" WHEN 'preparing' THEN 'running' ELSE "plans"."state" END
FROM "runs" WHERE "runs"."plan_id" = "plans"."id" AND "runs"."status" = 'preparing' AND "plans"."state" IN ('preparing', 'paused');
