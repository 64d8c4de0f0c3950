// SchemaService: the registry over gRPC. Everything runs on the pool.
#ifndef SELFSAME_SERVER_EDGE_SCHEMA_SERVICE_H_
#define SELFSAME_SERVER_EDGE_SCHEMA_SERVICE_H_

#include "selfsame/schema/v1/schema.grpc.pb.h"
#include "server/edge/pool_call.h"
#include "storage/schemas.h"

namespace selfsame::edge {

class SchemaService final : public schema::v1::SchemaService::CallbackService {
 public:
  explicit SchemaService(const PoolContext& parts) : parts_(parts) {}

  grpc::ServerUnaryReactor* RegisterSchema(grpc::CallbackServerContext* context,
                                           const schema::v1::RegisterSchemaRequest* request,
                                           schema::v1::RegisterSchemaResponse* response) override;
  grpc::ServerUnaryReactor* ListSchemas(grpc::CallbackServerContext* context,
                                        const schema::v1::ListSchemasRequest* request,
                                        schema::v1::ListSchemasResponse* response) override;
  grpc::ServerUnaryReactor* GetSchema(grpc::CallbackServerContext* context,
                                      const schema::v1::GetSchemaRequest* request,
                                      schema::v1::GetSchemaResponse* response) override;
  grpc::ServerUnaryReactor* DeprecateSchema(grpc::CallbackServerContext* context,
                                            const schema::v1::DeprecateSchemaRequest* request,
                                            schema::v1::DeprecateSchemaResponse* response) override;
  grpc::ServerUnaryReactor* RetireSchema(grpc::CallbackServerContext* context,
                                         const schema::v1::RetireSchemaRequest* request,
                                         schema::v1::RetireSchemaResponse* response) override;
  grpc::ServerUnaryReactor* RegisterVocabulary(
      grpc::CallbackServerContext* context, const schema::v1::RegisterVocabularyRequest* request,
      schema::v1::RegisterVocabularyResponse* response) override;
  grpc::ServerUnaryReactor* ListVocabularies(
      grpc::CallbackServerContext* context, const schema::v1::ListVocabulariesRequest* request,
      schema::v1::ListVocabulariesResponse* response) override;
  grpc::ServerUnaryReactor* GetVocabulary(grpc::CallbackServerContext* context,
                                          const schema::v1::GetVocabularyRequest* request,
                                          schema::v1::GetVocabularyResponse* response) override;

 private:
  Status Register(pg::Session& session, const Caller& caller,
                  const schema::v1::RegisterSchemaRequest& request,
                  schema::v1::RegisterSchemaResponse* response) const;
  Status List(pg::Session& session, const Caller& caller,
              const schema::v1::ListSchemasRequest& request,
              schema::v1::ListSchemasResponse* response) const;
  // The row and, for people, its kind, which the catalog knows.
  void Encode(const storage::SchemaRow& row, schema::v1::Schema* reply) const;

  const PoolContext parts_;
};

}  // namespace selfsame::edge

#endif  // SELFSAME_SERVER_EDGE_SCHEMA_SERVICE_H_
