package import AuspexDocuments
import AuspexSignals

/// Loads declared services, all or none.
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
package enum ServiceLoader {
    /// The `kind` of the documents that declare services.
    package static let kind = "services"

    /// Loads the services of a text.
    ///
    /// - Throws: `DocumentError` with every mistake.
    package static func load(text: String, file: String) throws(DocumentError) -> ServiceDeclarations {
        let collector = DiagnosticCollector()
        let documents = try DocumentParser.documents(in: text, file: file)
        for document in documents where document.kind != kind {
            collector.report(document.location, "a document of services begins with 'kind: \(kind)'")
        }
        try collector.check()
        return try services(in: documents)
    }

    /// The services that the documents of `kind: services` among `documents` declare; the others are left out.
    ///
    /// - Throws: `DocumentError` with every mistake.
    package static func services(in documents: [Document]) throws(DocumentError) -> ServiceDeclarations {
        let collector = DiagnosticCollector()
        let declarations = services(in: documents.filter { $0.kind == kind }, reporting: collector)
        try collector.check()
        return declarations
    }

    /// The services that `documents` declare; mistakes go to the collector.
    static func services(in documents: [Document], reporting collector: DiagnosticCollector) -> ServiceDeclarations {
        var decoder = ServiceDecoder(collector: collector)
        for document in documents { decoder.read(document.root) }
        return decoder.declarations()
    }
}
