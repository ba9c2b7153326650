CREATE TABLE "renderings" (
	"response_id" uuid PRIMARY KEY NOT NULL,
	"renderer" integer NOT NULL,
	"pointed" jsonb NOT NULL,
	"pointless" jsonb
);
--> statement-breakpoint
ALTER TABLE "renderings" ADD CONSTRAINT "renderings_response_id_responses_id_fk" FOREIGN KEY ("response_id") REFERENCES "public"."responses"("id") ON DELETE cascade ON UPDATE no action;