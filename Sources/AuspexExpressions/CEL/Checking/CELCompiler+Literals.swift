extension CELCompiler {
    mutating func list(_ elements: [CELSyntax.Element], at position: TextPosition) throws(CELError) -> Part {
        var nodes: [Int32] = []
        var shapes = CommonShape()
        var nesting = 0
        let hasOptional = elements.contains(where: \.isOptional)
        for element in elements {
            let part = try part(element.value)
            if hasOptional { nodes.append(element.isOptional ? 1 : 0) }
            nodes.append(part.node)
            shapes.add(element.isOptional ? .any : part.shape)
            nesting = max(nesting, part.nesting)
        }
        let first = builder.add(children: nodes)
        let count = Int32(elements.count)
        return try emit(
            hasOptional ? .optionalList(first: first, count: count) : .list(first: first, count: count),
            shapes.common.map { .list(of: $0) } ?? .type(.list), nesting: nesting + 1, at: position)
    }

    mutating func map(_ entries: [CELSyntax.Entry], at position: TextPosition) throws(CELError) -> Part {
        var nodes: [Int32] = []
        var keys = CommonShape()
        var values = CommonShape()
        var nesting = 0
        for entry in entries {
            let key = try part(entry.key)
            let value = try part(entry.value)
            nodes += [entry.isOptional ? 1 : 0, key.node, value.node]
            keys.add(key.shape)
            values.add(entry.isOptional ? .any : value.shape)
            nesting = max(nesting, value.nesting)
        }
        let shape: CELShape = keys.common == .string ? .map(of: values.common ?? .any) : .type(.map)
        return try emit(
            .map(first: builder.add(children: nodes), count: Int32(entries.count)), shape, nesting: nesting + 1,
            at: position)
    }

    mutating func message(
        _ type: String, _ fields: [CELSyntax.Field], at position: TextPosition
    ) throws(CELError) -> Part {
        let known = environment.candidates(for: type).lazy.compactMap { CELMessageType.named[$0] }.first
        guard let known else {
            return try mistake(
                .unknownName, "no message type '\(type)'; a map is written {'field': value}", at: position)
        }
        var nodes: [Int32] = []
        var nesting = 0
        for field in fields {
            guard known.fields.contains(field.name) else {
                return try mistake(.unknownField, "\(type) has no field '\(field.name)'", at: field.value.position)
            }
            let value = try part(field.value)
            nodes += [field.isOptional ? 1 : 0, builder.name(field.name), value.node]
            nesting = max(nesting, value.nesting)
        }
        let node = CELCode.Node.message(
            builder.message(known), first: builder.add(children: nodes), count: Int32(fields.count))
        return try emit(node, .any, nesting: nesting + 1, at: position)
    }
}

/// The shape that all of several parts have; nil if they differ or there are none.
private struct CommonShape {
    private(set) var common: CELShape?
    private var isEmpty = true

    mutating func add(_ shape: CELShape) {
        common = isEmpty || common == shape ? shape : nil
        isEmpty = false
    }
}
