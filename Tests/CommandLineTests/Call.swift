import Testing

/// One call of the program, and what must come of it.
struct Call: CustomTestStringConvertible, Sendable {
    var arguments: [String]
    var input = ""
    var environment: [String: String] = [:]
    var code: Int32
    /// Parts of standard output.
    var output: [String] = []
    /// Parts of standard error.
    var error: [String] = []

    init(
        _ arguments: String..., input: String = "", environment: [String: String] = [:], code: Int32 = 0,
        output: [String] = [], error: [String] = []
    ) {
        self.arguments = arguments
        self.input = input
        self.environment = environment
        self.code = code
        self.output = output
        self.error = error
    }

    init(
        _ arguments: [String], input: String = "", code: Int32 = 0, output: [String] = [], error: [String] = []
    ) {
        self.arguments = arguments
        self.input = input
        self.code = code
        self.output = output
        self.error = error
    }

    var testDescription: String {
        (environment.map { "\($0.key)=\($0.value)" } + ["auspex"] + arguments).joined(separator: " ")
    }

    /// Makes the call and checks what came of it. A call that goes wrong has no result.
    func check() async throws {
        let outcome = try await Program.run(arguments, input: input, environment: environment)
        #expect(outcome.code == code, "\(outcome)")
        for part in output { #expect(outcome.output.contains(part), "no '\(part)' in \(outcome.output)") }
        for part in error { #expect(outcome.error.contains(part), "no '\(part)' in \(outcome.error)") }
        if code > 1 { #expect(outcome.output.isEmpty) }
        // Nothing of the libraries below reaches a person.
        #expect(!outcome.error.contains("NSCocoaErrorDomain") && !outcome.error.contains("Error Domain"))
    }
}
