CREATE TABLE "image_links" (
	"url" text PRIMARY KEY NOT NULL,
	"bytes_sha256" text NOT NULL,
	"image_sha256" text NOT NULL,
	"fetched_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "query_imports" ADD COLUMN "hub_source" text;--> statement-breakpoint
ALTER TABLE "query_imports" ADD COLUMN "fetched_bytes" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "query_imports" ADD COLUMN "total_bytes" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "image_links" ADD CONSTRAINT "image_links_image_sha256_images_sha256_fk" FOREIGN KEY ("image_sha256") REFERENCES "public"."images"("sha256") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "image_links_of_picture" ON "image_links" USING btree ("image_sha256");