CREATE INDEX "battles_answer_a" ON "battles" USING btree ("response_a");--> statement-breakpoint
CREATE INDEX "battles_answer_b" ON "battles" USING btree ("response_b");