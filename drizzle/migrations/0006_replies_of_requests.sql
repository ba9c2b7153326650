CREATE TABLE "idempotent_requests" (
	"person_id" uuid NOT NULL,
	"key" text NOT NULL,
	"request_hash" text NOT NULL,
	"begun_at" timestamp with time zone DEFAULT now() NOT NULL,
	"status" integer,
	"reply" text,
	CONSTRAINT "idempotent_requests_person_id_key_pk" PRIMARY KEY("person_id","key")
);
--> statement-breakpoint
ALTER TABLE "idempotent_requests" ADD CONSTRAINT "idempotent_requests_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "idempotent_requests_begun_at_index" ON "idempotent_requests" USING btree ("begun_at");