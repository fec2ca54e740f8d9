import ArgumentParser
import AuspexRules
import Foundation

extension RuleCommand {
    struct Facts: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List what the expressions of rules can see: sources, fields, types and functions.")

        enum Format: String, ExpressibleByArgument, CaseIterable {
            case text
            case json
        }

        @Option(help: "Only the facts of this source: \(FactSource.allCases.map(\.rawValue).joined(separator: ", ")).")
        var source: String?

        @Option(help: "text or json.")
        var format = Format.text

        func run() async throws {
            let known = FactSource.allCases.map(\.rawValue)
            if let source, !known.contains(source) {
                throw Failure(
                    .usage, "--source: there is no source '\(source)'; there are \(known.joined(separator: ", "))")
            }
            let chosen = FactCatalogue.sections.filter { section in
                source.map { section.source == $0 } ?? true
            }
            switch format {
            case .text: for section in chosen { Terminal.print(Self.report(section)) }
            case .json:
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
                Terminal.print(String(decoding: try encoder.encode(chosen), as: UTF8.self))
            }
        }

        private static func report(_ section: FactCatalogue.Section) -> String {
            let width = section.fields.map { $0.name.count + $0.type.count }.max() ?? 0
            let lines = section.fields.map { field in
                let gap = String(repeating: " ", count: width - field.name.count - field.type.count + 2)
                return
                    "  \(field.name) \(field.type)\(gap)\(field.isOptional ? "may be missing: " : "")\(field.meaning)"
            }
            return ([section.title] + lines).joined(separator: "\n") + "\n"
        }
    }
}
