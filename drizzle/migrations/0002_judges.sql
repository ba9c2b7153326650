ALTER TABLE "predictions" ADD COLUMN "judge_call_id" bigint;--> statement-breakpoint
ALTER TABLE "predictions" ADD COLUMN "judge_prompt" text;--> statement-breakpoint
ALTER TABLE "predictions" ADD COLUMN "judge" jsonb;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "missing_prompt_profile" "prompt_profile";--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "judge" jsonb;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "judge_plan_id" uuid;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "former_scorings" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "predictions" ADD CONSTRAINT "predictions_judge_call_id_calls_id_fk" FOREIGN KEY ("judge_call_id") REFERENCES "public"."calls"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_judge_plan_id_plans_id_fk" FOREIGN KEY ("judge_plan_id") REFERENCES "public"."plans"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "predictions" ADD CONSTRAINT "predictions_judgeCallId_unique" UNIQUE("judge_call_id");