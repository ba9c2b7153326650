CREATE TABLE "server_scores" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "server_scores_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"run_id" integer NOT NULL,
	"server" text NOT NULL,
	"phase" text NOT NULL,
	"date" date NOT NULL,
	"file_name" text NOT NULL,
	"file_sha256" text NOT NULL,
	"file_matches_run" boolean NOT NULL,
	"score_text" text NOT NULL,
	"scores" jsonb NOT NULL,
	"attached_by" uuid,
	"attached_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "server_scores" ADD CONSTRAINT "server_scores_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "server_scores" ADD CONSTRAINT "server_scores_attached_by_people_id_fk" FOREIGN KEY ("attached_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "server_scores_run_id_index" ON "server_scores" USING btree ("run_id");