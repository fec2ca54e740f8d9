import AuspexDocuments
import AuspexExpressions
import AuspexPatterns
import AuspexSignals

extension MappingReader {
    /// Longest `max_length` that a runbook may ask for: a command line's single argument has 128 KiB on Linux, and no
    /// name or path needs more than a page.
    private static let longestValue: Int64 = 4_096

    /// The mapping `params`.
    mutating func parameters() -> [Parameter] {
        (optionalEntries("params") ?? []).compactMap { entry in
            var reader = MappingReader(entry.value, named: "parameter '\(entry.key)'", reporting: collector)
            return reader.parameter(entry)
        }
    }

    private mutating func parameter(_ entry: DocumentNode.Entry) -> Parameter? {
        if !Parameter.isName(entry.key) {
            collector.report(entry.keyLocation, "'\(entry.key)' must be letters, digits and '_', first a letter or '_'")
        }
        guard let kind = choice("type", of: Parameter.Kind.self) else { return nil }
        var parameter = Parameter(name: entry.key, kind: kind)
        parameter.isRequired = optionalBool("required") ?? false
        parameter.choices = optionalStrings("enum")
        parameter.maxLength = Int(optionalInt("max_length", in: 1...Self.longestValue) ?? Int64(parameter.maxLength))
        parameter.isSensitive = optionalBool("sensitive") ?? false
        if kind == .list {
            let most = optionalInt("max_items", in: 1...Int64(Parameter.mostItems))
            parameter.maxItems = Int(most ?? Int64(parameter.maxItems))
            if !has("pattern"), !has("enum") {
                report(
                    "type", "the elements of a list need a 'pattern' or an 'enum', because each is filled into steps")
            }
        } else {
            refuse(["max_items"], because: "belongs to parameters of type list")
        }
        refuseNull(["enum", "pattern"])
        if let (node, pattern) = optionalTextNode("pattern") {
            do throws(LinearPatternError) {
                _ = try Parameter.compiled(pattern)
                parameter.pattern = pattern
            } catch {
                collector.report(node.location, "'pattern' is \(error)")
            }
        }
        if let node = optionalNode("default") {
            if parameter.isRequired { report("default", "a required parameter has no default; drop one of the two") }
            do throws(ParameterError) {
                parameter.defaultValue = try parameter.value(node.json.asGiven(for: kind, text: node.text))
            } catch {
                collector.report(node.location, "the default is not allowed: \(error)")
            }
        }
        finish()
        return parameter
    }
}

extension JSONValue {
    /// A scalar as a value for a parameter of this kind: for text kinds what is written, number or not.
    func asGiven(for kind: Parameter.Kind, text: String?) -> JSONValue {
        switch kind {
        case .int, .bool, .list: self
        case .string, .path, .host: text.map(JSONValue.string) ?? self
        }
    }
}
