CREATE TABLE "endpoint_traffic" (
	"endpoint_id" uuid PRIMARY KEY NOT NULL,
	"holders" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"next_send_at" timestamp with time zone DEFAULT now() NOT NULL,
	"blocked_until" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "endpoint_traffic" ADD CONSTRAINT "endpoint_traffic_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;