CREATE TABLE "document_pieces" (
	"document_id" bigint NOT NULL,
	"n" bigint NOT NULL,
	"base64" text NOT NULL,
	CONSTRAINT "document_pieces_document_id_n_pk" PRIMARY KEY("document_id","n")
);
--> statement-breakpoint
ALTER TABLE "documents" ADD COLUMN "media_type" text DEFAULT 'text/plain' NOT NULL;--> statement-breakpoint
ALTER TABLE "documents" ADD COLUMN "sha256" text;--> statement-breakpoint
ALTER TABLE "documents" ADD COLUMN "version" bigint DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "documents" ADD COLUMN "status" text DEFAULT 'ready' NOT NULL;--> statement-breakpoint
ALTER TABLE "documents" ADD COLUMN "problem" text;--> statement-breakpoint
ALTER TABLE "documents" ADD COLUMN "text_length" bigint;--> statement-breakpoint
ALTER TABLE "documents" ADD COLUMN "source_kind" text;--> statement-breakpoint
ALTER TABLE "documents" ADD COLUMN "source_ref" text;--> statement-breakpoint
ALTER TABLE "documents" ADD COLUMN "lease_until" bigint;--> statement-breakpoint
ALTER TABLE "documents" ADD COLUMN "attempts" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "documents" ADD COLUMN "updated_at" bigint;--> statement-breakpoint
ALTER TABLE "document_pieces" ADD CONSTRAINT "document_pieces_document_id_documents_id_fk" FOREIGN KEY ("document_id") REFERENCES "public"."documents"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "documents_extracting" ON "documents" USING btree ("lease_until") WHERE status = 'extracting';--> statement-breakpoint
-- Words of a document, those of its name first. What has more of them than a tsvector holds is indexed as far as it goes.
CREATE FUNCTION document_words(name text, content text) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  most int := 1000000;
BEGIN
  LOOP
    BEGIN
      RETURN setweight(to_tsvector('simple', lower(name COLLATE "und-x-icu")), 'A')
        || to_tsvector('simple', lower(left(content, most) COLLATE "und-x-icu"));
    EXCEPTION WHEN program_limit_exceeded THEN
      IF most < 1000 THEN RETURN ''::tsvector; END IF;
      most := most / 2;
    END;
  END LOOP;
END $$;
--> statement-breakpoint
ALTER TABLE documents ADD COLUMN words tsvector GENERATED ALWAYS AS (document_words(name, content)) STORED;
--> statement-breakpoint
CREATE INDEX documents_words ON documents USING gin (words);
