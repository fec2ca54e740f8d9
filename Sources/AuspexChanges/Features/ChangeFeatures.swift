/// What can be known of a change before it runs: the measures of Kamei et al., "A Large-Scale Empirical Study of
/// Just-in-Time Quality Assurance" (TSE 2013), table 1. In JSON they have the paper's names.
///
/// The change is one commit or a range taken as one; "before" is always the state before the whole of it. Only the
/// main line counts (first parents), a merge being one commit with what it brought in. All values are finite.
package struct ChangeFeatures: Hashable, Sendable, Codable {
    /// NS: first components of the paths touched; the files in the root form one subsystem of their own.
    package var subsystems = 0
    /// ND: directories touched.
    package var directories = 0
    /// NF: files touched, renamed, binary and submodules included. A renamed file counts once, under its new path.
    package var files = 0
    /// How evenly the lines are spread over the files, 0 (one file) to 1: -Σ p log2 p over log2 of the number of files.
    package var entropy = 0.0
    /// LA: lines added; over a range the sum of its commits, so that what is added and removed again counts twice.
    package var linesAdded = 0
    /// LD: lines deleted, likewise.
    package var linesDeleted = 0
    /// LT: lines in the touched files before, binary files not counted.
    package var linesBefore = 0
    /// FIX: whether a message says that a defect is fixed, see ``FixMessage``. In JSON 0 or 1.
    package var isFix = false
    /// NDEV: developers who had changed the files before.
    package var developers = 0
    /// AGE: mean days since the files were changed last; files without a past are left out, 0 if all are.
    package var age = 0.0
    /// NUC: different commits that were the last to change the files.
    package var uniqueChanges = 0
    /// EXP: commits of the author before; over a range the mean over its commits.
    package var experience = 0.0
    /// REXP: the same, each commit weighted by 1/(1 + its age in years), years as a fraction.
    package var recentExperience = 0.0
    /// SEXP: those that touched one of the subsystems touched now.
    package var subsystemExperience = 0.0

    /// Creates features that are all zero.
    package init() {}

    private enum CodingKeys: String, CodingKey {
        case subsystems = "ns"
        case directories = "nd"
        case files = "nf"
        case entropy
        case linesAdded = "la"
        case linesDeleted = "ld"
        case linesBefore = "lt"
        case isFix = "fix"
        case developers = "ndev"
        case age
        case uniqueChanges = "nuc"
        case experience = "exp"
        case recentExperience = "rexp"
        case subsystemExperience = "sexp"
    }

    /// Reads the paper's names; `fix` is 0 or 1 as in the public data sets.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        subsystems = try container.decode(Int.self, forKey: .subsystems)
        directories = try container.decode(Int.self, forKey: .directories)
        files = try container.decode(Int.self, forKey: .files)
        entropy = try container.decode(Double.self, forKey: .entropy)
        linesAdded = try container.decode(Int.self, forKey: .linesAdded)
        linesDeleted = try container.decode(Int.self, forKey: .linesDeleted)
        linesBefore = try container.decode(Int.self, forKey: .linesBefore)
        isFix = try container.decode(Int.self, forKey: .isFix) != 0
        developers = try container.decode(Int.self, forKey: .developers)
        age = try container.decode(Double.self, forKey: .age)
        uniqueChanges = try container.decode(Int.self, forKey: .uniqueChanges)
        experience = try container.decode(Double.self, forKey: .experience)
        recentExperience = try container.decode(Double.self, forKey: .recentExperience)
        subsystemExperience = try container.decode(Double.self, forKey: .subsystemExperience)
    }

    /// Writes the paper's names; `fix` is 0 or 1 as in the public data sets.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(subsystems, forKey: .subsystems)
        try container.encode(directories, forKey: .directories)
        try container.encode(files, forKey: .files)
        try container.encode(entropy, forKey: .entropy)
        try container.encode(linesAdded, forKey: .linesAdded)
        try container.encode(linesDeleted, forKey: .linesDeleted)
        try container.encode(linesBefore, forKey: .linesBefore)
        try container.encode(isFix ? 1 : 0, forKey: .isFix)
        try container.encode(developers, forKey: .developers)
        try container.encode(age, forKey: .age)
        try container.encode(uniqueChanges, forKey: .uniqueChanges)
        try container.encode(experience, forKey: .experience)
        try container.encode(recentExperience, forKey: .recentExperience)
        try container.encode(subsystemExperience, forKey: .subsystemExperience)
    }
}

/// One of the measures, as a number.
package enum ChangeFeature: String, CaseIterable, Hashable, Sendable {
    case la, ld, nf, nd, ns, entropy, lt, fix, ndev, age, nuc, exp, rexp, sexp

    /// The measure in plain words.
    package var title: String {
        switch self {
        case .la: "lines added"
        case .ld: "lines deleted"
        case .nf: "files touched"
        case .nd: "directories touched"
        case .ns: "subsystems touched"
        case .entropy: "spread over the files (0 to 1)"
        case .lt: "lines in the files before"
        case .fix: "fixes a defect (0 or 1)"
        case .ndev: "developers of the files before"
        case .age: "days since the files' last change"
        case .nuc: "different last changes to the files"
        case .exp: "author's earlier changes"
        case .rexp: "author's earlier changes, recent ones weighing more"
        case .sexp: "author's earlier changes in these subsystems"
        }
    }

    /// The measure's value.
    package func value(of features: ChangeFeatures) -> Double {
        switch self {
        case .la: Double(features.linesAdded)
        case .ld: Double(features.linesDeleted)
        case .nf: Double(features.files)
        case .nd: Double(features.directories)
        case .ns: Double(features.subsystems)
        case .entropy: features.entropy
        case .lt: Double(features.linesBefore)
        case .fix: features.isFix ? 1 : 0
        case .ndev: Double(features.developers)
        case .age: features.age
        case .nuc: Double(features.uniqueChanges)
        case .exp: features.experience
        case .rexp: features.recentExperience
        case .sexp: features.subsystemExperience
        }
    }
}
