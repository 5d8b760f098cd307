ALTER TABLE "messages" ADD COLUMN "asks" text;--> statement-breakpoint
CREATE INDEX "messages_said" ON "messages" USING btree ("workspace_id","created_at","id");--> statement-breakpoint
CREATE INDEX "messages_asking" ON "messages" USING btree ("id") WHERE asks is not null;
--> statement-breakpoint
-- The words of a text, alike in every case and language: letters and digits, cut at all else. What has more of them than
-- a tsvector holds is indexed as far as it goes.
CREATE FUNCTION text_terms(given text) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  most int := 1000000;
BEGIN
  LOOP
    BEGIN
      RETURN strip(to_tsvector('simple',
        regexp_replace(lower(left(given, most) COLLATE "und-x-icu"), '[^[:alnum:]]+', ' ', 'g')));
    EXCEPTION WHEN program_limit_exceeded THEN
      IF most < 1000 THEN RETURN ''::tsvector; END IF;
      most := most / 2;
    END;
  END LOOP;
END $$;
--> statement-breakpoint
CREATE INDEX messages_terms ON messages USING gin (text_terms(text));
--> statement-breakpoint
DROP INDEX messages_words;
--> statement-breakpoint
CREATE INDEX documents_terms ON documents USING gin (text_terms(name || ' ' || content));
