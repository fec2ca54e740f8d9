import AuspexSignals

/// The detectors that can be asked for by name. A value: whoever adds detectors of their own hands their copy on.
///
/// ```swift
/// var registry = DetectorRegistry.standard
/// try registry.register(batch: MyDetector.self)
/// let detector = try registry.makeBatch("my-detector:window=30")
/// ```
public struct DetectorRegistry: Sendable {
    /// The forms that one name stands for: at least one of the two.
    private struct Forms: Sendable {
        var batch: BatchForm?
        var streaming: (any StreamingDetector.Type)?

        var descriptors: [DetectorDescriptor] {
            [batch?.descriptor, streaming?.descriptor].compactMap(\.self)
        }
    }

    private enum BatchForm: Sendable {
        case detector(any BatchDetector.Type)
        case scheme(DetectorDescriptor, SchemeMaker)

        var descriptor: DetectorDescriptor {
            switch self {
            case .detector(let type): type.descriptor
            case .scheme(let descriptor, _): descriptor
            }
        }
    }

    /// Makes a batch detector from all that follows the colon of a specification, as it was written.
    public typealias SchemeMaker = @Sendable (_ text: String) throws(DetectorError) -> any BatchDetector

    private var entries: [String: Forms] = [:]

    /// Creates a registry without detectors.
    public init() {}

    /// What each registered detector says of itself, by name. A name with two forms comes twice, the batch form first.
    public var descriptors: [DetectorDescriptor] {
        entries.sorted { $0.key < $1.key }.flatMap(\.value.descriptors)
    }

    /// The descriptor of the detector `name`: of its batch form when it has two.
    ///
    /// - Throws: ``DetectorError/unknownDetector(name:nearest:known:)``.
    public func descriptor(of name: String) throws(DetectorError) -> DetectorDescriptor {
        try descriptors(of: name)[0]
    }

    /// The descriptors of all forms of the detector `name`, one or two, the batch form first; the same error.
    public func descriptors(of name: String) throws(DetectorError) -> [DetectorDescriptor] {
        try entry(name).descriptors
    }

    /// Adds a batch detector, or the batch form of a streaming one.
    ///
    /// - Throws: ``DetectorError/invalidRegistration(name:reason:)`` when the form is taken or the name has other
    ///   characters than `a-z`, `0-9` and `-`.
    public mutating func register(batch type: any BatchDetector.Type) throws(DetectorError) {
        try add(.detector(type))
    }

    /// Adds a streaming detector, or the streaming form of a batch detector; the same errors.
    public mutating func register(streaming type: any StreamingDetector.Type) throws(DetectorError) {
        let name = type.descriptor.name
        try Self.check(name, isTaken: entries[name]?.streaming != nil)
        entries[name, default: Forms()].streaming = type
    }

    /// Adds a scheme: batch detectors whose specification is `name:` and a text of the scheme's own, such as the command
    /// line of a program.
    ///
    /// - Parameters:
    ///   - descriptor: what `name` says of itself; its parameters are for readers, and `make` reads them.
    ///   - make: makes a detector from the text behind the colon, empty when there is none.
    /// - Throws: ``DetectorError/invalidRegistration(name:reason:)``, as for a detector.
    public mutating func register(
        scheme descriptor: DetectorDescriptor, make: @escaping SchemeMaker
    ) throws(DetectorError) {
        try add(.scheme(descriptor, make))
    }

    /// Makes the batch detector of a specification such as `knn:k=5,window=100`.
    ///
    /// A detector that has a streaming form alone is wrapped, as by ``makeOnline(_:)``.
    public func makeBatch(_ specification: String) throws(DetectorError) -> any BatchDetector {
        if let (make, text) = scheme(of: specification) { return try make(text) }
        let given = try DetectorSpecification(specification)
        guard case .detector(let type) = try entry(given.name).batch else { return try makeOnline(specification) }
        let parameters = try ParameterValues(given, descriptor: type.descriptor)
        if let composite = type as? any CompositeDetector.Type {
            return try composite.init(parameters: parameters, registry: self)
        }
        return try type.init(parameters: parameters)
    }

    /// Makes the streaming form of a detector as one that runs down a table's rows and gives, bit for bit, the stream's raw
    /// scores.
    ///
    /// - Throws: ``DetectorError/notStreaming(name:streaming:)`` when it has no such form.
    public func makeOnline(_ specification: String) throws(DetectorError) -> any BatchDetector {
        let (type, parameters) = try streamingForm(specification)
        return try Self.wrapped(type).init(parameters: parameters)
    }

    /// Makes the streaming detector of a specification such as `ewma:halflife=20`.
    ///
    /// - Throws: ``DetectorError/notStreaming(name:streaming:)`` for a detector without a streaming form.
    public func makeStreaming(_ specification: String) throws(DetectorError) -> any StreamingDetector {
        let (type, parameters) = try streamingForm(specification)
        return try type.init(parameters: parameters)
    }

    /// Whether the detector of a specification can take one sample at a time.
    ///
    /// - Throws: ``DetectorError`` when there is no such detector or its specification is malformed.
    public func hasStreamingForm(_ specification: String) throws(DetectorError) -> Bool {
        if scheme(of: specification) != nil { return false }
        return try entry(DetectorSpecification(specification).name).streaming != nil
    }

    private func streamingForm(
        _ specification: String
    ) throws(DetectorError) -> (type: any StreamingDetector.Type, parameters: ParameterValues) {
        if scheme(of: specification) != nil { throw notStreaming(Self.schemeName(specification)) }
        let given = try DetectorSpecification(specification)
        let type = try streamingType(given.name)
        return (type, try ParameterValues(given, descriptor: type.descriptor))
    }

    /// Makes the batch form of a detector, or its streaming form as ``makeOnline(_:)`` does.
    package func make(_ specification: String, online: Bool) throws(DetectorError) -> any BatchDetector {
        online ? try makeOnline(specification) : try makeBatch(specification)
    }

    /// The names of the detectors that have a streaming form alone, so that they need no table.
    package var streamingOnly: [String] {
        entries.filter { $0.value.batch == nil }.keys.sorted()
    }

    /// Makes a streaming detector for tables that come in parts; nil when the detector needs the whole table, as all do that
    /// have a batch form.
    package func makeTableStream(_ specification: String) throws(DetectorError) -> TableStream? {
        guard scheme(of: specification) == nil else { return nil }
        guard try entry(DetectorSpecification(specification).name).batch == nil else { return nil }
        return TableStream(try makeStreaming(specification))
    }

    /// Continues the streaming detector `name` from its snapshot.
    public func restoreStreaming(_ name: String, from bytes: [UInt8]) throws(DetectorError) -> any StreamingDetector {
        try streamingType(name).init(restoring: bytes)
    }

    private func streamingType(_ name: String) throws(DetectorError) -> any StreamingDetector.Type {
        guard let type = try entry(name).streaming else { throw notStreaming(name) }
        return type
    }

    private func notStreaming(_ name: String) -> DetectorError {
        .notStreaming(name: name, streaming: descriptors.filter { $0.kind == .streaming }.map(\.name))
    }

    /// What makes the detector and from which text, when the specification begins with the name of a scheme.
    private func scheme(of specification: String) -> (make: SchemeMaker, text: String)? {
        let name = Self.schemeName(specification)
        guard case .scheme(_, let make) = entries[name]?.batch else { return nil }
        return (make, String(specification.dropFirst(name.count + 1)))
    }

    private static func schemeName(_ specification: String) -> String {
        String(specification.prefix { $0 != ":" })
    }

    private func entry(_ name: String) throws(DetectorError) -> Forms {
        guard let entry = entries[name] else {
            let known = entries.keys.sorted()
            throw .unknownDetector(name: name, nearest: nearestName(to: name, among: known), known: known)
        }
        return entry
    }

    private mutating func add(_ form: BatchForm) throws(DetectorError) {
        let name = form.descriptor.name
        try Self.check(name, isTaken: entries[name]?.batch != nil)
        entries[name, default: Forms()].batch = form
    }

    private static func check(_ name: String, isTaken: Bool) throws(DetectorError) {
        let allowed = name.utf8.allSatisfy { (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d }
        guard allowed, !name.isEmpty else {
            throw .invalidRegistration(name: name, reason: "a name is made of a-z, 0-9 and -")
        }
        guard !isTaken else { throw .invalidRegistration(name: name, reason: "the name is taken") }
    }

    private static func wrapped<Stream: StreamingDetector>(_: Stream.Type) -> any BatchDetector.Type {
        StreamOverTable<Stream>.self
    }
}

extension DetectorRegistry {
    /// The detectors that ship.
    public static let standard: DetectorRegistry = {
        var registry = DetectorRegistry()
        for type in batch { registry.entries[type.descriptor.name, default: Forms()].batch = .detector(type) }
        for type in streaming { registry.entries[type.descriptor.name, default: Forms()].streaming = type }
        return registry
    }()

    private static var batch: [any BatchDetector.Type] {
        [
            MedianDeviation.self,
            StandardScore.self,
            SeasonalResidual.self,
            SeasonalDeviates.self,
            HistogramOutliers.self,
            RandomProjections.self,
            CopulaOutliers.self,
            CumulativeOutliers.self,
            NearestNeighbours.self,
            MultiScaleNeighbours.self,
            AutoDetector.self,
            Combiner.self,
            LocalOutlierFactor.self,
            MatrixProfile.self,
            PrincipalComponents.self,
            RobustComponents.self,
            SpectralResidual.self,
            LocalPolynomial.self,
            AutoRegression.self,
            VectorAutoRegression.self,
            HoltWinters.self,
            SeasonalTrendResidual.self,
            ClusterDistance.self,
            ClusterOutliers.self,
            CumulativeSum.self,
            PageHinkley.self,
            OnlineChangePoints.self,
            Segmentation.self,
            MahalanobisDistance.self,
            MinimumCovariance.self,
            IsolationForest.self,
            ExtendedIsolationForest.self,
            RandomCutForest.self,
        ]
    }

    private static var streaming: [any StreamingDetector.Type] {
        [
            RobustEWMA.self,
            OnlineAuto.self,
            CumulativeSumStream.self,
            PageHinkleyStream.self,
            OnlineChangePointStream.self,
            SpectralResidualStream.self,
            NearestNeighbourStream.self,
            PrincipalComponentStream.self,
            RobustHoltWinters.self,
            PoissonCounts.self,
            Heartbeat.self,
            SeasonalStream.self,
            RandomCutForestStream.self,
        ]
    }
}
