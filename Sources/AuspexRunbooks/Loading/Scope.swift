import AuspexDocuments
import AuspexSignals

/// The parameters that a runbook's templates may name, and the rules for where a value may stand.
struct Scope {
    let parameters: [Parameter]
    var secrets = SecretNames()
    let collector: DiagnosticCollector

    func parameter(_ name: String) -> Parameter? { parameters.first { $0.name == name } }

    /// The template in `text`; a mistake is reported at `node`.
    ///
    /// - Parameter mayHoldSecrets: Whether what is made of it goes to a program or host and is shown nowhere.
    func template(_ text: String, at node: DocumentNode, mayHoldSecrets: Bool = false) -> Template? {
        do throws(Template.Problem) {
            let template = try Template(text)
            for name in template.parameters where parameter(name) == nil {
                let hint = nearestName(to: name, among: parameters.map(\.name)).map { "; did you mean '\($0)'?" } ?? ""
                collector.report(node.location, "there is no parameter '\(name)'\(hint)")
            }
            for name in template.parameters where parameter(name)?.kind == .list {
                collector.report(
                    node.location, "parameter '\(name)' is a list; go through it with 'parallel: {for_each: \(name)}'")
            }
            for name in template.secrets {
                if mayHoldSecrets {
                    use(secret: name, at: node)
                } else {
                    collector.report(
                        node.location, "the secret '\(name)' may not stand here, only in \(SecretNames.places)")
                }
            }
            return template
        } catch {
            collector.report(node.location, error.description)
            return nil
        }
    }

    /// A template for a text that people and other systems will see, so that no secret may be in it.
    func openTemplate(_ text: String, at node: DocumentNode) -> Template? {
        guard let template = template(text, at: node) else { return nil }
        for parameter in template.parameters.compactMap(parameter) where parameter.isSensitive {
            collector.report(node.location, "parameter '\(parameter.name)' is sensitive and may not be shown here")
        }
        return template
    }

    /// A template for a text that a program will take apart, so that a value of unknown form may only be all of it.
    func boundedTemplate(_ text: String, at node: DocumentNode, mayHoldSecrets: Bool = false) -> Template? {
        guard let template = template(text, at: node, mayHoldSecrets: mayHoldSecrets) else { return nil }
        if template.wholeParameter == nil {
            for parameter in template.parameters.compactMap(parameter) where !parameter.isBounded {
                collector.report(
                    node.location,
                    "parameter '\(parameter.name)' may be part of a larger text only if it has a 'pattern' or an 'enum'"
                )
            }
        }
        return template
    }

    /// The templates in the mapping `entries`.
    func templates(_ entries: [DocumentNode.Entry]?, mayHoldSecrets: Bool = false) -> [String: Template] {
        var templates: [String: Template] = [:]
        for entry in entries ?? [] {
            guard let text = entry.value.text else {
                collector.report(entry.value.location, "'\(entry.key)' must be text, not \(entry.value.kind)")
                continue
            }
            templates[entry.key] = template(text, at: entry.value, mayHoldSecrets: mayHoldSecrets)
        }
        return templates
    }

    /// Checks the templates in the texts of a JSON body.
    func checkBody(_ node: DocumentNode) {
        if let text = node.text { _ = template(text, at: node) }
        for element in node.elements ?? [] { checkBody(element) }
        for entry in node.entries ?? [] { checkBody(entry.value) }
    }
}

extension Scope {
    /// The scope with one more parameter, which hides another of its name. The secrets are those of the whole runbook.
    func with(_ parameter: Parameter) -> Scope {
        Scope(
            parameters: parameters.filter { $0.name != parameter.name } + [parameter], secrets: secrets,
            collector: collector)
    }
}

extension Template {
    /// A template without parameters.
    init(literal: String) {
        segments = [.literal(literal)]
    }
}
