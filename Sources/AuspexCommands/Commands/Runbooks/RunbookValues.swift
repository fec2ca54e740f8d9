import ArgumentParser
import AuspexRunbooks
import AuspexSignals

/// Values for a runbook's parameters: one by one, and from the labels of an alert.
struct RunbookValues: ParsableArguments {
    @Option(name: .customLong("param"), help: "The value of a parameter, as NAME=VALUE; may be repeated.")
    var parameters: [String] = []

    @Option(
        help: """
            A file with an alert in JSON, - for standard input: a parameter that --param does not give is taken from the \
            label of its name.
            """)
    var event: String?

    func validate() throws {
        _ = try assignments(parameters, option: "--param")
    }

    /// The values, as JSON where the parameter is a number or a truth value. A list is given as JSON or as its elements
    /// with commas between them.
    ///
    /// - Parameter kinds: the kinds of the runbook's parameters, by their names.
    func values(_ kinds: [String: String]) throws -> [String: JSONValue] {
        try labels().filter { kinds[$0.key] != nil }.merging(Self.parsed(parameters, kinds)) { _, given in given }
    }

    /// The values of `NAME=VALUE` pairs.
    static func parsed(_ parameters: [String], _ kinds: [String: String]) throws -> [String: JSONValue] {
        var values: [String: JSONValue] = [:]
        for (name, text) in try assignments(parameters, option: "--param") {
            let kind = kinds[name].flatMap(Parameter.Kind.init)
            let isJSON = kind == .int || kind == .bool || kind == .list && text.hasPrefix("[")
            let parsed = isJSON ? try? JSONValue(parsing: text) : nil
            let elements = text.split(separator: ",").map { JSONValue.string(String($0)) }
            values[name] = parsed ?? (kind == .list ? .array(elements) : .string(text))
        }
        return values
    }

    private func labels() throws -> [String: JSONValue] {
        guard let event else { return [:] }
        let value = try Failure.ofInput {
            let text = try text(of: event)
            do {
                return try JSONValue(parsing: text)
            } catch {
                throw Failure(.input, "\(event): \(error)")
            }
        }
        guard let labels = value["labels"]?.object else {
            throw Failure(
                .input, "\(event): is no alert; an alert is an object with 'labels', as `auspex alert show` prints it")
        }
        return labels
    }
}
