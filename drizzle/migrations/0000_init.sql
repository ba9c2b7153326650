CREATE TYPE "public"."role" AS ENUM('admin', 'researcher', 'team', 'rater');--> statement-breakpoint
CREATE TYPE "public"."battle_purpose" AS ENUM('regular', 'overlap', 'gold');--> statement-breakpoint
CREATE TYPE "public"."verdict" AS ENUM('model_a', 'model_b', 'tie', 'both_bad', 'unsure');--> statement-breakpoint
CREATE TYPE "public"."call_state" AS ENUM('pending', 'active', 'answered', 'error', 'skipped');--> statement-breakpoint
CREATE TYPE "public"."plan_state" AS ENUM('preparing', 'running', 'paused', 'finished', 'cancelled');--> statement-breakpoint
CREATE TYPE "public"."endpoint_status" AS ENUM('unchecked', 'ready', 'failing', 'off');--> statement-breakpoint
CREATE TYPE "public"."prompt_profile" AS ENUM('default', 'molmo', 'vlmevalkit', 'lmms_eval');--> statement-breakpoint
CREATE TYPE "public"."protocol" AS ENUM('openai', 'anthropic', 'gemini');--> statement-breakpoint
CREATE TYPE "public"."openness" AS ENUM('api_only', 'open_weights', 'open_distilled', 'open');--> statement-breakpoint
CREATE TYPE "public"."query_category" AS ENUM('output_format', 'fine_grained', 'general', 'documents', 'captioning', 'counting', 'homework', 'charts', 'named_entities', 'creative');--> statement-breakpoint
CREATE TYPE "public"."response_status" AS ENUM('pending', 'ready', 'held', 'error');--> statement-breakpoint
CREATE TYPE "public"."outcome" AS ENUM('scored', 'unparsed', 'refused', 'withheld');--> statement-breakpoint
CREATE TYPE "public"."run_status" AS ENUM('preparing', 'running', 'paused', 'complete', 'incomplete', 'finalised', 'cancelled');--> statement-breakpoint
CREATE TYPE "public"."publishing" AS ENUM('batched', 'live');--> statement-breakpoint
CREATE TYPE "public"."study_status" AS ENUM('draft', 'open', 'closed');--> statement-breakpoint
CREATE TABLE "audit_events" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "audit_events_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"actor_id" uuid,
	"action" text NOT NULL,
	"subject" text NOT NULL,
	"detail" jsonb DEFAULT '{}'::jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "links" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"code_hash" text NOT NULL,
	"role" "role" NOT NULL,
	"study_id" uuid,
	"person_id" uuid,
	"cohort" text DEFAULT 'default' NOT NULL,
	"max_uses" integer DEFAULT 1 NOT NULL,
	"uses" integer DEFAULT 0 NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"created_by" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "links_codeHash_unique" UNIQUE("code_hash"),
	CONSTRAINT "links_uses" CHECK ("links"."uses" <= "links"."max_uses")
);
--> statement-breakpoint
CREATE TABLE "people" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"role" "role" NOT NULL,
	"name" text NOT NULL,
	"disabled_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"token_hash" text PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_seen_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "battles" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"study_id" uuid NOT NULL,
	"rater_id" uuid NOT NULL,
	"query_id" uuid NOT NULL,
	"category" "query_category" NOT NULL,
	"model_a" uuid NOT NULL,
	"model_b" uuid NOT NULL,
	"response_a" uuid NOT NULL,
	"response_b" uuid NOT NULL,
	"purpose" "battle_purpose" DEFAULT 'regular' NOT NULL,
	"points_shown" boolean NOT NULL,
	"guidelines_version" integer NOT NULL,
	"draw_probability" double precision NOT NULL,
	"leased_at" timestamp with time zone DEFAULT now() NOT NULL,
	"leased_until" timestamp with time zone NOT NULL,
	"released_at" timestamp with time zone,
	"consumed_at" timestamp with time zone,
	CONSTRAINT "battles_sides" CHECK ("battles"."model_a" <> "battles"."model_b")
);
--> statement-breakpoint
CREATE TABLE "pair_counts" (
	"study_id" uuid NOT NULL,
	"category" "query_category" NOT NULL,
	"model_a" uuid NOT NULL,
	"model_b" uuid NOT NULL,
	"verdict" "verdict" NOT NULL,
	"votes" integer NOT NULL,
	CONSTRAINT "pair_counts_study_id_category_model_a_model_b_verdict_pk" PRIMARY KEY("study_id","category","model_a","model_b","verdict")
);
--> statement-breakpoint
CREATE TABLE "reports" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"battle_id" uuid NOT NULL,
	"rater_id" uuid NOT NULL,
	"reason" text NOT NULL,
	"note" text DEFAULT '' NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "votes" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "votes_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"battle_id" uuid NOT NULL,
	"study_id" uuid NOT NULL,
	"rater_id" uuid NOT NULL,
	"query_id" uuid NOT NULL,
	"category" "query_category" NOT NULL,
	"model_a" uuid NOT NULL,
	"model_b" uuid NOT NULL,
	"verdict" "verdict" NOT NULL,
	"purpose" "battle_purpose" NOT NULL,
	"points_shown" boolean NOT NULL,
	"guidelines_version" integer NOT NULL,
	"draw_probability" double precision NOT NULL,
	"leased_at" timestamp with time zone NOT NULL,
	"leased_until" timestamp with time zone NOT NULL,
	"dwell_ms" integer,
	"client_version" text DEFAULT '' NOT NULL,
	"late" boolean NOT NULL,
	"counted" boolean NOT NULL,
	"withdrawn_at" timestamp with time zone,
	"cast_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "votes_battleId_unique" UNIQUE("battle_id")
);
--> statement-breakpoint
CREATE TABLE "snapshots" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"study_id" uuid NOT NULL,
	"category" "query_category",
	"last_vote_id" bigint NOT NULL,
	"votes_used" integer NOT NULL,
	"raters" integer NOT NULL,
	"excluded" jsonb NOT NULL,
	"counts" jsonb NOT NULL,
	"method" text NOT NULL,
	"parameters" jsonb NOT NULL,
	"seed" integer NOT NULL,
	"converged" text NOT NULL,
	"ratings" jsonb NOT NULL,
	"notes" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"data_hash" text NOT NULL,
	"code_version" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "attempts" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "attempts_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"call_id" bigint NOT NULL,
	"number" integer NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"latency_ms" integer NOT NULL,
	"status" integer,
	"error_class" text,
	"message" text,
	"waited_ms" integer DEFAULT 0 NOT NULL,
	"wait_asked" boolean DEFAULT false NOT NULL,
	"tokens_in" integer,
	"tokens_out" integer,
	"cost" double precision
);
--> statement-breakpoint
CREATE TABLE "calls" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "calls_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"plan_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"key" text NOT NULL,
	"state" "call_state" DEFAULT 'pending' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"run_at" timestamp with time zone DEFAULT now() NOT NULL,
	"claimed_by" text,
	"claimed_until" timestamp with time zone,
	"fence" integer DEFAULT 0 NOT NULL,
	"error_class" text,
	"error_message" text,
	CONSTRAINT "calls_planId_key_unique" UNIQUE("plan_id","key")
);
--> statement-breakpoint
CREATE TABLE "plans" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"customer" text NOT NULL,
	"state" "plan_state" DEFAULT 'preparing' NOT NULL,
	"paused_reason" text,
	"calls" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "replies" (
	"call_id" bigint PRIMARY KEY NOT NULL,
	"body" text NOT NULL,
	"sha256" text NOT NULL,
	"response" text NOT NULL,
	"finish_reason" text,
	"refused" boolean DEFAULT false NOT NULL,
	"truncated" boolean DEFAULT false NOT NULL,
	"replied_model" text,
	"tokens_in" integer,
	"tokens_out" integer,
	"received_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "endpoints" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"model_id" uuid NOT NULL,
	"name" text NOT NULL,
	"protocol" "protocol" DEFAULT 'openai' NOT NULL,
	"base_url" text NOT NULL,
	"remote_model" text NOT NULL,
	"sealed_key" text,
	"key_hint" text,
	"status" "endpoint_status" DEFAULT 'unchecked' NOT NULL,
	"status_reason" text DEFAULT '' NOT NULL,
	"status_since" timestamp with time zone DEFAULT now() NOT NULL,
	"max_concurrency" integer DEFAULT 8 NOT NULL,
	"requests_per_minute" integer,
	"timeout_ms" integer DEFAULT 120000 NOT NULL,
	"max_retries" integer DEFAULT 6 NOT NULL,
	"max_image_bytes" integer,
	"max_image_side" integer,
	"prompt_profile" "prompt_profile" DEFAULT 'default' NOT NULL,
	"sends_style_tag" boolean DEFAULT false NOT NULL,
	"points_scale" integer DEFAULT 100 NOT NULL,
	"extra_body" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"price_in_per_million" double precision,
	"price_out_per_million" double precision,
	"built_in" boolean DEFAULT false NOT NULL,
	"created_by" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "endpoints_name_unique" UNIQUE("name")
);
--> statement-breakpoint
CREATE TABLE "probes" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"name" text NOT NULL,
	"result" text NOT NULL,
	"observation" text NOT NULL,
	"advice" text DEFAULT '' NOT NULL,
	"latency_ms" integer NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "images" (
	"sha256" text PRIMARY KEY NOT NULL,
	"media_type" text NOT NULL,
	"width" integer NOT NULL,
	"height" integer NOT NULL,
	"image_bytes" integer NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "models" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"slug" text NOT NULL,
	"name" text NOT NULL,
	"organisation" text DEFAULT '' NOT NULL,
	"openness" "openness" DEFAULT 'api_only' NOT NULL,
	"baseline" boolean DEFAULT false NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"released_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "models_slug_unique" UNIQUE("slug")
);
--> statement-breakpoint
CREATE TABLE "pools" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"slug" text NOT NULL,
	"name" text NOT NULL,
	"licence" text DEFAULT '' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "pools_slug_unique" UNIQUE("slug")
);
--> statement-breakpoint
CREATE TABLE "queries" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"pool_id" uuid NOT NULL,
	"key" text NOT NULL,
	"category" "query_category" NOT NULL,
	"language" text DEFAULT 'en' NOT NULL,
	"question" text NOT NULL,
	"image_sha256" text NOT NULL,
	"source" text DEFAULT '' NOT NULL,
	"licence" text DEFAULT '' NOT NULL,
	"held_at" timestamp with time zone,
	"held_reason" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "queries_poolId_key_unique" UNIQUE("pool_id","key")
);
--> statement-breakpoint
CREATE TABLE "enrolments" (
	"study_id" uuid NOT NULL,
	"rater_id" uuid NOT NULL,
	"cohort" text DEFAULT 'default' NOT NULL,
	"consent_version" integer,
	"consented_at" timestamp with time zone,
	"qualified_at" timestamp with time zone,
	"paused_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "enrolments_study_id_rater_id_pk" PRIMARY KEY("study_id","rater_id")
);
--> statement-breakpoint
CREATE TABLE "raters" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"person_id" uuid NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "raters_personId_unique" UNIQUE("person_id")
);
--> statement-breakpoint
CREATE TABLE "collections" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"study_id" uuid NOT NULL,
	"model_id" uuid NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"plan_id" uuid NOT NULL,
	"max_tokens" integer NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "collections_studyId_modelId_unique" UNIQUE("study_id","model_id")
);
--> statement-breakpoint
CREATE TABLE "responses" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"collection_id" uuid NOT NULL,
	"study_id" uuid NOT NULL,
	"query_id" uuid NOT NULL,
	"model_id" uuid NOT NULL,
	"call_id" bigint NOT NULL,
	"status" "response_status" DEFAULT 'pending' NOT NULL,
	"text" text,
	"points_scale" integer DEFAULT 100 NOT NULL,
	"held_reason" text,
	"ready_at" timestamp with time zone,
	CONSTRAINT "responses_callId_unique" UNIQUE("call_id"),
	CONSTRAINT "responses_collectionId_queryId_unique" UNIQUE("collection_id","query_id")
);
--> statement-breakpoint
CREATE TABLE "predictions" (
	"run_id" integer NOT NULL,
	"example_id" text NOT NULL,
	"position" integer NOT NULL,
	"call_id" bigint NOT NULL,
	"question" text NOT NULL,
	"choices" jsonb,
	"tags" jsonb NOT NULL,
	"gold" jsonb,
	"prompt" jsonb NOT NULL,
	"outcome" "outcome",
	"truncated" boolean DEFAULT false NOT NULL,
	"answer" text,
	"score" double precision,
	"also" jsonb,
	"steps" jsonb,
	"scored_at" timestamp with time zone,
	CONSTRAINT "predictions_run_id_example_id_pk" PRIMARY KEY("run_id","example_id"),
	CONSTRAINT "predictions_callId_unique" UNIQUE("call_id")
);
--> statement-breakpoint
CREATE TABLE "runs" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "runs_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"benchmark" text NOT NULL,
	"benchmark_version" integer NOT NULL,
	"split" text NOT NULL,
	"layout" text NOT NULL,
	"data_revision" text NOT NULL,
	"data_path" text,
	"endpoint_id" uuid NOT NULL,
	"model_id" uuid NOT NULL,
	"plan_id" uuid NOT NULL,
	"prompt_profile" "prompt_profile" NOT NULL,
	"scoring_profile" text NOT NULL,
	"max_tokens" integer NOT NULL,
	"temperature" double precision NOT NULL,
	"limit" integer,
	"seed" integer DEFAULT 0 NOT NULL,
	"endpoint_settings" jsonb NOT NULL,
	"code_version" text NOT NULL,
	"fingerprint" text NOT NULL,
	"examples" integer NOT NULL,
	"status" "run_status" DEFAULT 'preparing' NOT NULL,
	"metrics" jsonb,
	"created_by" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "studies" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"slug" text NOT NULL,
	"name" text NOT NULL,
	"pool_id" uuid NOT NULL,
	"status" "study_status" DEFAULT 'draft' NOT NULL,
	"publishing" "publishing" DEFAULT 'batched' NOT NULL,
	"sample" boolean DEFAULT false NOT NULL,
	"points_shown" boolean DEFAULT true NOT NULL,
	"lease_seconds" integer DEFAULT 600 NOT NULL,
	"quota_per_pair" integer DEFAULT 450 NOT NULL,
	"session_goal" integer DEFAULT 100 NOT NULL,
	"overlap_share" double precision DEFAULT 0.05 NOT NULL,
	"gold_share" double precision DEFAULT 0 NOT NULL,
	"max_tokens" integer DEFAULT 768 NOT NULL,
	"guidelines" text DEFAULT '' NOT NULL,
	"guidelines_version" integer DEFAULT 1 NOT NULL,
	"consent" text DEFAULT '' NOT NULL,
	"consent_version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "studies_slug_unique" UNIQUE("slug")
);
--> statement-breakpoint
CREATE TABLE "study_models" (
	"study_id" uuid NOT NULL,
	"model_id" uuid NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"added_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "study_models_study_id_model_id_pk" PRIMARY KEY("study_id","model_id")
);
--> statement-breakpoint
ALTER TABLE "audit_events" ADD CONSTRAINT "audit_events_actor_id_people_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "links" ADD CONSTRAINT "links_study_id_studies_id_fk" FOREIGN KEY ("study_id") REFERENCES "public"."studies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "links" ADD CONSTRAINT "links_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "links" ADD CONSTRAINT "links_created_by_people_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "battles" ADD CONSTRAINT "battles_study_id_studies_id_fk" FOREIGN KEY ("study_id") REFERENCES "public"."studies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "battles" ADD CONSTRAINT "battles_rater_id_raters_id_fk" FOREIGN KEY ("rater_id") REFERENCES "public"."raters"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "battles" ADD CONSTRAINT "battles_query_id_queries_id_fk" FOREIGN KEY ("query_id") REFERENCES "public"."queries"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "battles" ADD CONSTRAINT "battles_model_a_models_id_fk" FOREIGN KEY ("model_a") REFERENCES "public"."models"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "battles" ADD CONSTRAINT "battles_model_b_models_id_fk" FOREIGN KEY ("model_b") REFERENCES "public"."models"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "battles" ADD CONSTRAINT "battles_response_a_responses_id_fk" FOREIGN KEY ("response_a") REFERENCES "public"."responses"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "battles" ADD CONSTRAINT "battles_response_b_responses_id_fk" FOREIGN KEY ("response_b") REFERENCES "public"."responses"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pair_counts" ADD CONSTRAINT "pair_counts_study_id_studies_id_fk" FOREIGN KEY ("study_id") REFERENCES "public"."studies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pair_counts" ADD CONSTRAINT "pair_counts_model_a_models_id_fk" FOREIGN KEY ("model_a") REFERENCES "public"."models"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pair_counts" ADD CONSTRAINT "pair_counts_model_b_models_id_fk" FOREIGN KEY ("model_b") REFERENCES "public"."models"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reports" ADD CONSTRAINT "reports_battle_id_battles_id_fk" FOREIGN KEY ("battle_id") REFERENCES "public"."battles"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reports" ADD CONSTRAINT "reports_rater_id_raters_id_fk" FOREIGN KEY ("rater_id") REFERENCES "public"."raters"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "votes" ADD CONSTRAINT "votes_battle_id_battles_id_fk" FOREIGN KEY ("battle_id") REFERENCES "public"."battles"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "votes" ADD CONSTRAINT "votes_study_id_studies_id_fk" FOREIGN KEY ("study_id") REFERENCES "public"."studies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "votes" ADD CONSTRAINT "votes_rater_id_raters_id_fk" FOREIGN KEY ("rater_id") REFERENCES "public"."raters"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "votes" ADD CONSTRAINT "votes_query_id_queries_id_fk" FOREIGN KEY ("query_id") REFERENCES "public"."queries"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "votes" ADD CONSTRAINT "votes_model_a_models_id_fk" FOREIGN KEY ("model_a") REFERENCES "public"."models"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "votes" ADD CONSTRAINT "votes_model_b_models_id_fk" FOREIGN KEY ("model_b") REFERENCES "public"."models"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "snapshots" ADD CONSTRAINT "snapshots_study_id_studies_id_fk" FOREIGN KEY ("study_id") REFERENCES "public"."studies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "attempts" ADD CONSTRAINT "attempts_call_id_calls_id_fk" FOREIGN KEY ("call_id") REFERENCES "public"."calls"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "calls" ADD CONSTRAINT "calls_plan_id_plans_id_fk" FOREIGN KEY ("plan_id") REFERENCES "public"."plans"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "plans" ADD CONSTRAINT "plans_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "replies" ADD CONSTRAINT "replies_call_id_calls_id_fk" FOREIGN KEY ("call_id") REFERENCES "public"."calls"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "endpoints" ADD CONSTRAINT "endpoints_model_id_models_id_fk" FOREIGN KEY ("model_id") REFERENCES "public"."models"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "endpoints" ADD CONSTRAINT "endpoints_created_by_people_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "probes" ADD CONSTRAINT "probes_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "queries" ADD CONSTRAINT "queries_pool_id_pools_id_fk" FOREIGN KEY ("pool_id") REFERENCES "public"."pools"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "queries" ADD CONSTRAINT "queries_image_sha256_images_sha256_fk" FOREIGN KEY ("image_sha256") REFERENCES "public"."images"("sha256") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "enrolments" ADD CONSTRAINT "enrolments_study_id_studies_id_fk" FOREIGN KEY ("study_id") REFERENCES "public"."studies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "enrolments" ADD CONSTRAINT "enrolments_rater_id_raters_id_fk" FOREIGN KEY ("rater_id") REFERENCES "public"."raters"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "raters" ADD CONSTRAINT "raters_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "collections" ADD CONSTRAINT "collections_study_id_studies_id_fk" FOREIGN KEY ("study_id") REFERENCES "public"."studies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "collections" ADD CONSTRAINT "collections_model_id_models_id_fk" FOREIGN KEY ("model_id") REFERENCES "public"."models"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "collections" ADD CONSTRAINT "collections_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "collections" ADD CONSTRAINT "collections_plan_id_plans_id_fk" FOREIGN KEY ("plan_id") REFERENCES "public"."plans"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "responses" ADD CONSTRAINT "responses_collection_id_collections_id_fk" FOREIGN KEY ("collection_id") REFERENCES "public"."collections"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "responses" ADD CONSTRAINT "responses_study_id_studies_id_fk" FOREIGN KEY ("study_id") REFERENCES "public"."studies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "responses" ADD CONSTRAINT "responses_query_id_queries_id_fk" FOREIGN KEY ("query_id") REFERENCES "public"."queries"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "responses" ADD CONSTRAINT "responses_model_id_models_id_fk" FOREIGN KEY ("model_id") REFERENCES "public"."models"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "responses" ADD CONSTRAINT "responses_call_id_calls_id_fk" FOREIGN KEY ("call_id") REFERENCES "public"."calls"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "predictions" ADD CONSTRAINT "predictions_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "predictions" ADD CONSTRAINT "predictions_call_id_calls_id_fk" FOREIGN KEY ("call_id") REFERENCES "public"."calls"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_model_id_models_id_fk" FOREIGN KEY ("model_id") REFERENCES "public"."models"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_plan_id_plans_id_fk" FOREIGN KEY ("plan_id") REFERENCES "public"."plans"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_created_by_people_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "studies" ADD CONSTRAINT "studies_pool_id_pools_id_fk" FOREIGN KEY ("pool_id") REFERENCES "public"."pools"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "study_models" ADD CONSTRAINT "study_models_study_id_studies_id_fk" FOREIGN KEY ("study_id") REFERENCES "public"."studies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "study_models" ADD CONSTRAINT "study_models_model_id_models_id_fk" FOREIGN KEY ("model_id") REFERENCES "public"."models"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "study_models" ADD CONSTRAINT "study_models_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "sessions_person_id_index" ON "sessions" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "battles_open" ON "battles" USING btree ("study_id","leased_until") WHERE "battles"."consumed_at" is null and "battles"."released_at" is null;--> statement-breakpoint
CREATE INDEX "battles_rater" ON "battles" USING btree ("study_id","rater_id");--> statement-breakpoint
CREATE INDEX "votes_study" ON "votes" USING btree ("study_id","id");--> statement-breakpoint
CREATE INDEX "votes_rater" ON "votes" USING btree ("rater_id","id");--> statement-breakpoint
CREATE INDEX "snapshots_newest" ON "snapshots" USING btree ("study_id","category","created_at");--> statement-breakpoint
CREATE INDEX "attempts_call_id_index" ON "attempts" USING btree ("call_id");--> statement-breakpoint
CREATE INDEX "calls_claim" ON "calls" USING btree ("plan_id","state","run_at","position");--> statement-breakpoint
CREATE INDEX "probes_endpoint_id_index" ON "probes" USING btree ("endpoint_id");--> statement-breakpoint
CREATE INDEX "responses_study_id_query_id_status_index" ON "responses" USING btree ("study_id","query_id","status");--> statement-breakpoint
CREATE INDEX "predictions_run_id_position_index" ON "predictions" USING btree ("run_id","position");--> statement-breakpoint
CREATE INDEX "runs_benchmark_model_id_index" ON "runs" USING btree ("benchmark","model_id");