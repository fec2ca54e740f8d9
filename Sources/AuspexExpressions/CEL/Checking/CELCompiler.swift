import AuspexSignals

/// Resolves names, expands macros, checks what can be checked, and writes the tables that the evaluator walks.
struct CELCompiler {
    /// A compiled part with what is known about its value.
    struct Part {
        var node: CELCode.NodeID
        var shape: CELShape
        /// At most how many levels of lists and maps the expression itself puts around values that it is given.
        var nesting: Int
    }

    struct Local {
        /// Empty for the parts of a block, which have numbers.
        let name: String
        let slot: Int32
        let shape: CELShape
        let nesting: Int
    }

    let environment: CELEnvironment
    var builder = CELCodeBuilder()
    /// Variables of macros around the part that is being compiled, innermost last.
    private var locals: [Local] = []
    /// The parts of the block around the part that is being compiled, as far as they come before it; nil outside a block.
    private(set) var blockParts: [Local]?
    /// How many local variables are in sight, parts of blocks included.
    private var slotsInUse = 0
    /// Constant patterns that were compiled, successfully or not.
    private var patternCount = 0
    /// The environment's variables that the expression reads.
    private(set) var usedVariables: Set<String> = []

    init(environment: CELEnvironment) {
        self.environment = environment
    }

    mutating func part(_ expression: CELExpression) throws(CELError) -> Part {
        let position = expression.position
        switch expression.syntax {
        case .literal(let value): return constant(value, at: position)
        case .identifier(let name, let isAbsolute):
            return try identifier(name, isAbsolute: isAbsolute, in: expression)
        case .select(let operand, let field, let isOptional):
            if !isOptional, let variable = variable(expression) { return variable }
            return try select(try part(operand), field, isOptional: isOptional, at: position)
        case .index(let operand, let key, let isOptional):
            return try index(operand, key, isOptional: isOptional, at: position)
        case .call(let target, let name, let arguments):
            return try call(target, name, arguments, at: position)
        case .list(let elements): return try list(elements, at: position)
        case .map(let entries): return try map(entries, at: position)
        case .message(let type, let fields): return try message(type, fields, at: position)
        case .unary(let name, let operand): return try unary(name, operand, at: position)
        case .binary(let name, let left, let right): return try binary(name, left, right, at: position)
        case .and(let terms): return try logical("&&", terms, at: position)
        case .or(let terms): return try logical("||", terms, at: position)
        case .conditional(let condition, let yes, let no): return try conditional(condition, yes, no, at: position)
        }
    }

    // MARK: Writing

    mutating func emit(
        _ node: CELCode.Node, _ shape: CELShape, nesting: Int, at position: TextPosition
    ) throws(CELError) -> Part {
        // Values may be nested by one macro after another, and everything that walks a value recurses.
        guard nesting <= CELParser.deepestNesting else {
            throw CELError(
                .tooLarge, "the value nests deeper than \(CELParser.deepestNesting) lists and maps", at: position)
        }
        return Part(node: builder.add(node, at: position), shape: shape, nesting: nesting)
    }

    mutating func constant(_ value: CELValue, at position: TextPosition) -> Part {
        let node = builder.add(.constant(builder.constant(value)), at: position)
        return Part(node: node, shape: .type(value.type), nesting: 0)
    }

    /// Reports a mistake now, or leaves it to the evaluation where names and types are not checked.
    mutating func mistake(
        _ kind: CELError.Kind, _ reason: String, at position: TextPosition
    ) throws(CELError) -> Part {
        let error = CELError(kind, reason, at: position)
        if environment.isChecked { throw error }
        return Part(node: builder.add(.failure(builder.failure(error)), at: position), shape: .any, nesting: 0)
    }

    /// Constant patterns of one expression. Each may take 2 MiB and some ten milliseconds.
    private static let mostPatterns = 24

    /// Counts a constant pattern that is about to be compiled.
    mutating func takePattern(at position: TextPosition) throws(CELError) {
        patternCount += 1
        guard patternCount <= Self.mostPatterns else {
            throw CELError(
                .tooLarge,
                "the expression has more than \(Self.mostPatterns) patterns for 'matches'; join some with '|'",
                at: position)
        }
    }

    // MARK: Local variables

    /// Compiles what `body` compiles, with a local variable in sight.
    mutating func withLocal(
        _ name: String, _ shape: CELShape, nesting: Int, _ body: (inout CELCompiler, Int32) throws(CELError) -> Part
    ) throws(CELError) -> Part {
        let slot = takeSlot()
        locals.append(Local(name: name, slot: slot, shape: shape, nesting: nesting))
        defer {
            locals.removeLast()
            slotsInUse -= 1
        }
        return try body(&self, slot)
    }

    private mutating func takeSlot() -> Int32 {
        slotsInUse += 1
        builder.slotCount = max(builder.slotCount, slotsInUse)
        return Int32(slotsInUse - 1)
    }

    mutating func beginBlock() { blockParts = [] }

    /// Puts a part of the block in sight of what follows.
    mutating func addBlockPart(_ part: Part) {
        let local = Local(name: "", slot: takeSlot(), shape: part.shape, nesting: part.nesting)
        blockParts?.append(local)
    }

    /// Returns the slot of the first part; the others follow it.
    mutating func endBlock() -> Int32 {
        slotsInUse -= blockParts?.count ?? 0
        blockParts = nil
        return Int32(slotsInUse)
    }

    func local(_ name: String) -> Local? { locals.last { $0.name == name } }

    // MARK: Names

    /// Whether a name path begins with a local variable, which hides everything of that name.
    func beginsWithLocal(_ expression: CELExpression) -> Bool {
        switch expression.syntax {
        case .identifier(let name, let isAbsolute): !isAbsolute && local(name) != nil
        case .select(let operand, _, _): beginsWithLocal(operand)
        default: false
        }
    }

    /// The variable or type that a path of names stands for as a whole.
    mutating func variable(_ expression: CELExpression) -> Part? {
        guard let name = expression.qualifiedName, !beginsWithLocal(expression) else { return nil }
        for candidate in environment.candidates(for: name) {
            if let shape = environment.variables[candidate] {
                usedVariables.insert(candidate)
                let node = builder.add(.variable(builder.name(candidate)), at: expression.position)
                return Part(node: node, shape: shape, nesting: 0)
            }
            if let type = CELType.named[candidate] { return constant(.type(type), at: expression.position) }
        }
        return nil
    }

    private mutating func identifier(
        _ name: String, isAbsolute: Bool, in expression: CELExpression
    ) throws(CELError) -> Part {
        if !isAbsolute, let local = local(name) {
            return try emit(.local(local.slot), local.shape, nesting: local.nesting, at: expression.position)
        }
        if let variable = variable(expression) { return variable }
        let known = Set(environment.variables.keys).union(locals.map(\.name))
        let hint =
            nearestName(to: name, among: known).map { "; did you mean '\($0)'?" }
            ?? (known.isEmpty
                ? "" : "; there are " + known.sorted().prefix(12).map { "'\($0)'" }.joined(separator: ", "))
        return try mistake(.unknownName, "no variable '\(name)'\(hint)", at: expression.position)
    }

    // MARK: Fields and elements

    mutating func select(
        _ operand: Part, _ field: String, isOptional: Bool, at position: TextPosition
    ) throws(CELError) -> Part {
        var shape = CELShape.any
        switch operand.shape {
        case .object(let fields):
            guard let known = fields[field] else { return try unknownField(field, fields, at: position) }
            shape = known
        case .map(let value): shape = value
        case .any, .type(.map), .type(.optional): break
        case .list, .type: return try noFields(operand.shape, field, at: position)
        }
        let name = builder.name(field)
        return isOptional
            ? try emit(
                .optionalSelect(operand: operand.node, field: name), .type(.optional), nesting: operand.nesting,
                at: position)
            : try emit(.select(operand: operand.node, field: name), shape, nesting: operand.nesting, at: position)
    }

    mutating func unknownField(
        _ field: String, _ fields: [String: CELShape], at position: TextPosition
    ) throws(CELError) -> Part {
        let hint =
            nearestName(to: field, among: fields.keys).map { "did you mean '\($0)'?" }
            ?? "there are " + fields.keys.sorted().map { "'\($0)'" }.joined(separator: ", ")
        return try mistake(.unknownField, "no field '\(field)'; \(hint)", at: position)
    }

    mutating func noFields(
        _ shape: CELShape, _ field: String, at position: TextPosition
    ) throws(CELError) -> Part {
        try mistake(.typeMismatch, "\(shape) has no fields, so none called '\(field)'", at: position)
    }

    private mutating func index(
        _ operand: CELExpression, _ key: CELExpression, isOptional: Bool, at position: TextPosition
    ) throws(CELError) -> Part {
        let operand = try part(operand)
        let key = try part(key)
        let shape: CELShape
        switch operand.shape {
        case .type(let type) where ![.list, .map, .optional].contains(type):
            return try mistake(.typeMismatch, "\(type) can't be indexed", at: position)
        default: shape = operand.shape.value
        }
        let nesting = max(operand.nesting, key.nesting)
        return isOptional
            ? try emit(
                .optionalIndex(operand: operand.node, key: key.node), .type(.optional), nesting: nesting, at: position)
            : try emit(.index(operand: operand.node, key: key.node), shape, nesting: nesting, at: position)
    }
}
