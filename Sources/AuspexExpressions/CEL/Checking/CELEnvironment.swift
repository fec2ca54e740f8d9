/// What an expression may refer to.
package struct CELEnvironment: Sendable {
    /// The variables by their names, which may have dots, with what is known about their values.
    package var variables: [String: CELShape]
    /// A prefix that is tried before names, such as `com.example`; empty for none.
    package var container: String
    /// Whether names, fields, numbers of arguments and types are checked when an expression is compiled. If not, each such
    /// mistake is an error of every evaluation that meets it.
    package var isChecked: Bool
    private var functions: [String: [CELFunction]]

    /// Creates an environment with the language's own functions and `functions`.
    ///
    /// - Parameters:
    ///   - variables: The variables by their names, with what is known about their values.
    ///   - functions: More functions; one with the name, style and arity of another hides it.
    ///   - container: A prefix that is tried before names.
    ///   - isChecked: Whether mistakes are found when an expression is compiled.
    package init(
        variables: [String: CELShape] = [:], functions: [CELFunction] = [], container: String = "",
        isChecked: Bool = true
    ) {
        self.variables = variables
        self.container = container
        self.isChecked = isChecked
        self.functions = Self.standardFunctions
        for function in functions { add(function) }
    }

    /// The language's own functions, by name. Built once: there are over a hundred.
    private static let standardFunctions: [String: [CELFunction]] = Dictionary(
        grouping: CELStandardLibrary.functions, by: \.name)

    /// Registers `function`, which goes before those already there.
    package mutating func add(_ function: CELFunction) {
        functions[function.name, default: []].insert(function, at: 0)
    }

    /// The functions called `name` in one style.
    func overloads(_ name: String, _ style: CELFunction.Style) -> [CELFunction] {
        functions[name]?.filter { $0.style == style } ?? []
    }

    /// The names of all functions in one style.
    func functionNames(_ style: CELFunction.Style) -> [String] {
        functions.filter { $0.value.contains { $0.style == style } }.map(\.key)
    }

    /// The names that `name` may stand for, most special first: for `x` in container `a.b` these are `a.b.x`, `a.x`, `x`.
    /// A leading dot means the last of them only.
    func candidates(for name: String) -> [String] {
        if name.hasPrefix(".") { return [String(name.dropFirst())] }
        guard !container.isEmpty else { return [name] }
        var names: [String] = []
        var prefix = Substring(container)
        while !prefix.isEmpty {
            names.append("\(prefix).\(name)")
            prefix = prefix.lastIndex(of: ".").map { prefix[..<$0] } ?? ""
        }
        return names + [name]
    }
}
