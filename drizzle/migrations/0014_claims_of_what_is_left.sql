DROP INDEX "calls_claim";--> statement-breakpoint
CREATE INDEX "calls_claim" ON "calls" USING btree ("plan_id","state","run_at","position") WHERE state in ('pending', 'active');