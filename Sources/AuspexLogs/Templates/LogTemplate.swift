public import AuspexSignals

/// A mined pattern with what is known of the lines that it stands for.
public struct LogTemplate: Hashable, Sendable {
    /// The stable identifier.
    public let id: TemplateID
    /// Counts the changes of ``text`` from 1 on.
    public let version: UInt32
    /// The literals of the lines as written, one blank where they have white space, and `<*>` where they vary.
    public let text: String
    /// How many lines it stands for.
    public let count: UInt64
    /// The number, from 1, of the first of these lines in the stream.
    public let firstLine: UInt64
    /// The number of the last of them.
    public let lastLine: UInt64
    /// When the first of them was written, where the caller gave times.
    public let firstTime: Timestamp?
    /// When the last of them was written, where the caller gave times.
    public let lastTime: Timestamp?
    /// The first of them, cut after ``TemplateMiner/Configuration/exampleBytes``.
    public let example: String
    /// Whether any text may follow where the template ends in a variable.
    public let isOpenEnded: Bool
}

/// What a line matched.
public struct LogMatch: Hashable, Sendable {
    /// The template that the line belongs to.
    public let template: TemplateID
    /// The version of the template's text at this line.
    public let version: UInt32
    /// Whether this line is the first that the template was ever seen in. A line whose pattern is new but is merged at
    /// once into an older template is not new, nor is one whose template had been evicted and returns.
    public let isNew: Bool
    /// Whether this line made the template's text more general.
    public let isChanged: Bool
}

/// A template that was merged into another: from now on its id means the survivor.
public struct TemplateAlias: Hashable, Sendable {
    /// The id that is no longer given out.
    public let old: TemplateID
    /// The id of the template that stands for its lines now.
    public let new: TemplateID
}
