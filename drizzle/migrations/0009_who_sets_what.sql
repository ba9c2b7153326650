ALTER TABLE "endpoints" ADD COLUMN "sampling" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "endpoints" ADD COLUMN "max_tokens_name" text DEFAULT 'max_tokens' NOT NULL;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "settings" jsonb;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "request" jsonb;--> statement-breakpoint
UPDATE "endpoints" SET "max_tokens_name" = 'max_completion_tokens', "extra_body" = "extra_body" - 'max_completion_tokens' WHERE "extra_body" -> 'max_completion_tokens' = 'true'::jsonb;--> statement-breakpoint
UPDATE "runs" SET "settings" = jsonb_build_object(
	'definition', jsonb_build_object('maxTokens', "max_tokens", 'temperature', "temperature"),
	'endpoint', jsonb_build_object('sampling', '{}'::jsonb, 'extraBody', CASE WHEN "endpoint_settings" #> '{extraBody,max_completion_tokens}' = 'true'::jsonb THEN ("endpoint_settings" -> 'extraBody') - 'max_completion_tokens' ELSE coalesce("endpoint_settings" -> 'extraBody', '{}'::jsonb) END),
	'run', '{"sampling": {}, "extraBody": {}}'::jsonb
), "request" = CASE WHEN "endpoint_settings" ->> 'protocol' = 'openai' AND "endpoint_settings" -> 'extraBody' = '{}'::jsonb THEN jsonb_build_object('path', '/chat/completions', 'members', (
	SELECT jsonb_agg(jsonb_build_object('name', "name", 'value', "value", 'origin', 'definition', 'definition', "value") ORDER BY "place")
	FROM (VALUES (1, 'model', "endpoint_settings" -> 'remoteModel'), (2, 'max_tokens', to_jsonb("max_tokens")), (3, 'temperature', to_jsonb("temperature")), (4, 'stream', 'false'::jsonb)) AS "sent" ("place", "name", "value")
)) END, "endpoint_settings" = "endpoint_settings" - 'extraBody';--> statement-breakpoint
ALTER TABLE "runs" ALTER COLUMN "settings" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "runs" DROP COLUMN "max_tokens";--> statement-breakpoint
ALTER TABLE "runs" DROP COLUMN "temperature";
