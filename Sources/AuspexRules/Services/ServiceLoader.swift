import AuspexDocuments

/// Reads the declared services among the documents that ``RuleLoader`` loads.
///
/// ```yaml
/// kind: services
/// services:
///   - name: shop
///     tier: gold
///     owner: team-shop
///     labels: {job: shop-web}
///     aliases: [shop-frontend]
///     depends_on: [db, mail]
///   - name: db
///   - name: mail
/// ```
///
/// Dependencies may be in a circle and may stand in another document. Each must be declared somewhere.
enum ServiceLoader {
    /// The `kind` of the documents that declare services.
    static let kind = "services"

    /// The services that `documents` declare; those of another kind are left out, and mistakes go to the collector.
    static func services(in documents: [Document], reporting collector: DiagnosticCollector) -> ServiceDeclarations {
        var decoder = ServiceDecoder(collector: collector)
        for document in documents where document.kind == kind { decoder.read(document.root) }
        return decoder.declarations()
    }
}
