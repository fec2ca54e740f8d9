import ArgumentParser
import AuspexExpressions
import AuspexSignals

/// Evaluates an expression, to try out a condition or an acceptor.
struct ExpressionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "expr", abstract: "Evaluate a CEL or JMESPath expression.",
        subcommands: [CELCommand.self, JMESPathCommand.self])

    struct CELCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "cel",
            abstract: "Evaluate a CEL expression; the members of the input object are its variables.")

        @Argument(help: "The expression, such as 'm.value > 3 && m.name.startsWith(\"pg_\")'.")
        var expression: String

        @Option(help: "A JSON file with the variables, - for standard input.")
        var input: String?

        func run() async throws {
            let value = try Failure.ofInput {
                let members = try input.map(Self.object) ?? [:]
                let environment = CELEnvironment(variables: members.mapValues { _ in .any })
                let program = try CELProgram(compiling: expression, environment: environment)
                return JSONValue(try program.evaluate(variables: members.mapValues(CELValue.init)))
            }
            Terminal.print(value.canonicalText)
        }

        private static func object(_ path: String) throws -> [String: JSONValue] {
            guard let members = try readJSON(path).object else {
                throw Failure(.input, "\(path): the input must be a JSON object, whose members are the variables")
            }
            return members
        }
    }

    struct JMESPathCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "jmespath", abstract: "Search a JSON document with a JMESPath expression.")

        @Argument(help: "The expression, such as 'pods[?ready].name'.")
        var expression: String

        @Option(help: "A JSON file, - for standard input.")
        var input = "-"

        func run() async throws {
            let value = try Failure.ofInput {
                try JMESPath(compiling: expression).search(try readJSON(input))
            }
            Terminal.print(value.canonicalText)
        }
    }
}

/// Reads a JSON file, or standard input for `-`.
func readJSON(_ path: String) throws -> JSONValue {
    let text = try text(of: path)
    do {
        return try JSONValue(parsing: text)
    } catch {
        throw Failure(.input, "\(path): \(error)")
    }
}
