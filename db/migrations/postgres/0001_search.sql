-- Text search over messages.
CREATE INDEX messages_search ON messages USING gin (to_tsvector('simple', text));
