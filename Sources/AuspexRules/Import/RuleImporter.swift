package import AuspexDocuments
import AuspexSignals

/// Makes rules of the alerting rules of Prometheus, as far as they can be said.
///
/// An alert that can't be said as it is is left out with the reason and its place; none is changed into one that is nearly
/// the same. What is different for all of them, because rules look at each value when it comes and Prometheus at what it
/// has once in an interval, stands in the article on the import of rules.
package enum RuleImporter {
    /// The rules that the alerts in files of Prometheus, and in Kubernetes' objects of kind `PrometheusRule`, become.
    ///
    /// Every rule that is returned can be loaded, and has an identifier of its own. Cost: linear in the size of the text.
    ///
    /// - Throws: `DocumentError` for documents that are none of Prometheus' rules.
    package static func rules(in documents: [Document]) throws(DocumentError) -> RuleImport {
        let collector = DiagnosticCollector()
        var course = ImportCourse()
        for group in PrometheusGroup.groups(in: documents, reporting: collector, &course.findings) {
            course.take(group)
        }
        try collector.check()
        return RuleImport(rules: course.rules, findings: course.findings)
    }
}

/// How far an import has come.
private struct ImportCourse {
    var rules: [ImportedRule] = []
    var findings: [ImportFinding] = []
    private var identifiers = RuleIdentifiers()

    mutating func take(_ group: PrometheusGroup) {
        findings += group.findings
        for (place, node) in group.rules.enumerated() {
            let description = "rule \(place + 1) of group '\(group.name)'"
            switch PrometheusRuleDecoder(groupLabels: group.labels, description: description).decode(node) {
            case .recording(let name):
                let message = "Prometheus has to go on recording it and send it by remote write; rules record nothing"
                findings.append(ImportFinding(.recording(name), at: node.location, isLeftOut: false, message))
            case .refused(let subject, let diagnostics):
                let place = diagnostics.first?.location ?? node.location
                leaveOut(subject, diagnostics.map(\.message).joined(separator: "; "), at: place)
            case .alert(let alert): take(alert)
            }
        }
    }

    private mutating func take(_ alert: PrometheusRule) {
        let node = alert.expression
        do throws(PromQLError) {
            let expression = try PromQLParser.parse(node.text ?? "")
            do throws(ImportObstacle) {
                add(AlertConverter(alert, filter: try PromQLConverter.filter(expression)))
            } catch {
                leaveOut(.alert(alert.name), error.reason, at: node.location(ofOffset: error.offset))
            }
        } catch {
            leaveOut(.alert(alert.name), "not PromQL: \(error.reason)", at: node.location(ofOffset: error.offset))
        }
    }

    /// Adds the rule, unless the loader has something against it, such as a pattern that is none.
    private mutating func add(_ converter: AlertConverter) {
        let alert = converter.alert
        let id = identifiers.identifier(for: alert.name)
        let text = converter.text(id: id).document
        do throws(DocumentError) {
            _ = try RuleLoader.load(text: text, file: id)
            rules.append(ImportedRule(alert: alert.name, id: id, location: alert.location, text: text))
            findings += converter.notes
        } catch {
            let reasons = error.diagnostics.map(\.message).joined(separator: "; ")
            leaveOut(.alert(alert.name), "the rule can't be loaded: \(reasons)", at: alert.expression.location)
        }
    }

    private mutating func leaveOut(_ subject: ImportFinding.Subject, _ reason: String, at location: SourceLocation) {
        findings.append(ImportFinding(subject, at: location, isLeftOut: true, reason))
    }
}
