ALTER TABLE "predictions" DROP CONSTRAINT "predictions_judgeCallId_unique";--> statement-breakpoint
CREATE UNIQUE INDEX "predictions_judge_call" ON "predictions" USING btree ("judge_call_id") WHERE "predictions"."judge_call_id" is not null;--> statement-breakpoint
-- Of two that were noted under one number, the one that brought the reply stays.
DELETE FROM "attempts" WHERE "id" IN (
  SELECT "id" FROM (
    SELECT "id", row_number() OVER (PARTITION BY "call_id", "number" ORDER BY "error_class" IS NOT NULL, "id") AS "nth" FROM "attempts"
  ) AS "numbered" WHERE "nth" > 1
);--> statement-breakpoint
DROP INDEX "attempts_call_id_index";--> statement-breakpoint
ALTER TABLE "attempts" DROP COLUMN "id";--> statement-breakpoint
ALTER TABLE "attempts" ADD CONSTRAINT "attempts_call_id_number_pk" PRIMARY KEY("call_id","number");
