import ArgumentParser
import AuspexRules
import Foundation

extension RuleCommand {
    struct Explain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say, condition by condition, why rules do or don't fire for some events.",
            discussion: """
                The events are written as 'given' of a rule's test is, in YAML or JSON: series, logs, log_anomalies, changes, \
                alerts, health and incidents.
                """)

        enum Format: String, ExpressibleByArgument, CaseIterable {
            case text
            case json
        }

        @OptionGroup var input: Paths

        @Option(help: "A file with the events, - for standard input.")
        var event: String

        @Option(help: "Only this rule; may be repeated.")
        var rule: [String] = []

        @Option(help: "text or json.")
        var format = Format.text

        func run() async throws {
            let loaded = try await input.load()
            for id in rule where loaded[id] == nil {
                let known = loaded.rules.map(\.id).joined(separator: ", ")
                throw Failure(.input, "there is no rule '\(id)'; there are \(known)")
            }
            let chosen = rule.isEmpty ? loaded : loaded.only(Set(rule))
            let facts = try Failure.ofInput {
                try RuleExplainer.facts(text: try text(of: event), file: event)
            }
            let explanations = RuleExplainer.explain(chosen, facts)
            switch format {
            case .text: for explanation in explanations { Terminal.print(Self.report(explanation)) }
            case .json:
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
                Terminal.print(String(decoding: try encoder.encode(explanations), as: UTF8.self))
            }
        }

        private static func report(_ explanation: RuleExplanation) -> String {
            var lines = ["\(explanation.rule): \(explanation.conclusion)"]
            for step in explanation.steps {
                lines.append("  \(step.at): \(step.fact)")
                for answer in step.answers {
                    lines.append("    \(answer.condition): \(answer.outcome)")
                    lines += answer.terms.map { term in
                        let values = term.values.map { "\($0.text) is \($0.value)" }.joined(separator: ", ")
                        return "      \(term.text): \(term.outcome)" + (values.isEmpty ? "" : " (\(values))")
                    }
                }
                lines += step.events.map { "    -> \($0)" }
            }
            if !explanation.later.isEmpty {
                lines.append("  if nothing else comes:")
                lines += explanation.later.map { "    -> \($0)" }
            }
            return lines.joined(separator: "\n")
        }
    }
}
