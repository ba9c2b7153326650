CREATE TABLE "teams" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"name" text NOT NULL,
	"disabled_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "teams_name_unique" UNIQUE("name")
);
--> statement-breakpoint
CREATE TABLE "allowed_addresses" (
	"machine" text NOT NULL,
	"host" text NOT NULL,
	"port" integer NOT NULL,
	"created_by" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "allowed_addresses_machine_host_port_pk" PRIMARY KEY("machine","host","port")
);
--> statement-breakpoint
CREATE TABLE "endpoint_events" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "endpoint_events_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"endpoint_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"status" "endpoint_status" NOT NULL,
	"words" text NOT NULL,
	"probes" jsonb,
	"at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "endpoints" DROP CONSTRAINT "endpoints_name_unique";--> statement-breakpoint
ALTER TABLE "people" ADD COLUMN "team_id" uuid;--> statement-breakpoint
ALTER TABLE "endpoints" ADD COLUMN "key_variable" text;--> statement-breakpoint
ALTER TABLE "endpoints" ADD COLUMN "team_id" uuid;--> statement-breakpoint
ALTER TABLE "endpoints" ADD COLUMN "deleted_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "links" ADD COLUMN "team_id" uuid;--> statement-breakpoint
ALTER TABLE "links" ADD COLUMN "revoked_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "models" ADD COLUMN "team_id" uuid;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "accepted_changes" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "allowed_addresses" ADD CONSTRAINT "allowed_addresses_created_by_people_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "endpoint_events" ADD CONSTRAINT "endpoint_events_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "endpoint_events_endpoint_id_id_index" ON "endpoint_events" USING btree ("endpoint_id","id");--> statement-breakpoint
ALTER TABLE "people" ADD CONSTRAINT "people_team_id_teams_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."teams"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "endpoints" ADD CONSTRAINT "endpoints_team_id_teams_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."teams"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "links" ADD CONSTRAINT "links_team_id_teams_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."teams"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "models" ADD CONSTRAINT "models_team_id_teams_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."teams"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "endpoints_name" ON "endpoints" USING btree ("name") WHERE "endpoints"."deleted_at" is null;--> statement-breakpoint
INSERT INTO "teams" ("id", "name") SELECT "id", "name" || ' (' || left("id"::text, 8) || ')' FROM "people" WHERE "role" = 'team';--> statement-breakpoint
UPDATE "people" SET "team_id" = "id" WHERE "role" = 'team';--> statement-breakpoint
UPDATE "endpoints" SET "team_id" = "created_by" FROM "teams" WHERE "teams"."id" = "endpoints"."created_by";--> statement-breakpoint
UPDATE "models" SET "team_id" = "owned"."team_id" FROM (SELECT "model_id", (array_agg("team_id"))[1] AS "team_id" FROM "endpoints" GROUP BY "model_id" HAVING count(*) = count("team_id") AND count(DISTINCT "team_id") = 1) AS "owned" WHERE "owned"."model_id" = "models"."id";--> statement-breakpoint
INSERT INTO "endpoint_events" ("endpoint_id", "kind", "status", "words", "at") SELECT "id", 'added', "status", 'Added', "created_at" FROM "endpoints";--> statement-breakpoint
ALTER TABLE "people" ADD CONSTRAINT "people_team" CHECK (("people"."role" = 'team') = ("people"."team_id" is not null));