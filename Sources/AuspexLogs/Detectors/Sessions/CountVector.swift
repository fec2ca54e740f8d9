/// How many lines of each template a session or a window has, in the order of their ids.
public struct CountVector: Hashable, Sendable {
    /// The templates, ascending, each once.
    public private(set) var templates: [TemplateID] = []
    /// The lines of each, 1 or more.
    public private(set) var counts: [UInt32] = []

    /// No lines.
    public init() {}

    /// The lines of a sequence of templates.
    public init(_ sequence: some Sequence<TemplateID>) {
        for template in sequence { add(template) }
    }

    /// Templates beyond the bound of ``add(_:limit:)`` count as this one.
    public static let other = TemplateID(.max)

    /// Adds a line; O(distinct templates).
    ///
    /// - Parameters:
    ///   - template: what the line is of.
    ///   - limit: so many templates are told apart; lines of further ones count for ``other``.
    public mutating func add(_ template: TemplateID, limit: Int = .max) {
        let place = place(of: template)
        if place < templates.count, templates[place] == template {
            counts[place] = counts[place] == .max ? .max : counts[place] + 1
        } else if templates.count >= limit, template != Self.other {
            add(Self.other)
        } else {
            templates.insert(template, at: place)
            counts.insert(1, at: place)
        }
    }

    /// The lines of a template, 0 for one that is not there; O(log n).
    public subscript(_ template: TemplateID) -> UInt32 {
        let place = place(of: template)
        return place < templates.count && templates[place] == template ? counts[place] : 0
    }

    /// All lines.
    public var total: Int { counts.reduce(0) { $0 + Int($1) } }

    /// Σ|a − b| over Σ max(a, b): 0 for equal vectors, 1 for those that share no template (Landauer et al. 2024). Two
    /// empty ones are equal. O(templates of both).
    public func distance(to other: CountVector) -> Double {
        var (difference, larger) = (0.0, 0.0)
        forEachPair(with: other) { _, mine, others in
            difference += (Double(mine) - Double(others)).magnitude
            larger += Double(max(mine, others))
        }
        return larger > 0 ? difference / larger : 0
    }

    /// Calls `body` with every template that either has, and both counts.
    func forEachPair(with other: CountVector, _ body: (TemplateID, UInt32, UInt32) -> Void) {
        var (mine, others) = (0, 0)
        while mine < templates.count || others < other.templates.count {
            if others == other.templates.count
                || mine < templates.count && templates[mine] < other.templates[others]
            {
                body(templates[mine], counts[mine], 0)
                mine += 1
            } else if mine == templates.count || other.templates[others] < templates[mine] {
                body(other.templates[others], 0, other.counts[others])
                others += 1
            } else {
                body(templates[mine], counts[mine], other.counts[others])
                mine += 1
                others += 1
            }
        }
    }

    /// Gives the lines of a template that was merged into another to that one.
    public mutating func merge(_ alias: TemplateAlias) {
        let old = place(of: alias.old)
        guard alias.old != alias.new, old < templates.count, templates[old] == alias.old else { return }
        let moved = counts.remove(at: old)
        templates.remove(at: old)
        let new = place(of: alias.new)
        if new < templates.count, templates[new] == alias.new {
            counts[new] = UInt32(clamping: Int(counts[new]) + Int(moved))
        } else {
            templates.insert(alias.new, at: new)
            counts.insert(moved, at: new)
        }
    }

    private func place(of template: TemplateID) -> Int {
        var (low, high) = (0, templates.count)
        while low < high {
            let middle = (low + high) / 2
            if templates[middle] < template { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension CountVector: Comparable {
    /// An order without a meaning beyond being one.
    public static func < (left: CountVector, right: CountVector) -> Bool {
        left.templates == right.templates
            ? left.counts.lexicographicallyPrecedes(right.counts)
            : left.templates.lexicographicallyPrecedes(right.templates)
    }
}

extension CountVector {
    func write(to writer: inout StateWriter) {
        writer.write(templates) { $0.write(fixed: $1.value) }
        for count in counts { writer.write(UInt64(count)) }
    }

    init(reading reader: inout StateReader) throws(LogSnapshotError) {
        templates = try reader.list { reader throws(LogSnapshotError) in TemplateID(try reader.fixed()) }
        for _ in templates { counts.append(UInt32(clamping: try reader.unsigned())) }
        guard zip(templates, templates.dropFirst()).allSatisfy({ $0 < $1 }), !counts.contains(0) else {
            throw reader.error("the counts of a session cannot be")
        }
    }
}
