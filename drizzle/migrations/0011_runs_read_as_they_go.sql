ALTER TABLE "runs" ALTER COLUMN "data_revision" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "plans" ADD COLUMN "growing" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "plans" ADD COLUMN "read_by" text;--> statement-breakpoint
ALTER TABLE "plans" ADD COLUMN "read_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "plans" ADD COLUMN "place" text;--> statement-breakpoint
ALTER TABLE "images" ADD COLUMN "file" text;--> statement-breakpoint
ALTER TABLE "images" ADD COLUMN "file_offset" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "predictions" ADD COLUMN "fault" text;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "data_state" text;--> statement-breakpoint
UPDATE "plans" SET "state" = 'running', "growing" = true WHERE "state" = 'preparing' AND "customer" = 'run';
