using Google.Protobuf.Reflection;

namespace Banyan.Grpc.Reflection;

/// <summary>Every file that the given services need, by name and by what it declares.</summary>
internal sealed class DescriptorIndex
{
    private readonly Dictionary<string, FileDescriptor> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FileDescriptor> _symbols = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Message, int Number), FileDescriptor> _extensions = [];

    public DescriptorIndex(IReadOnlyList<ServiceDescriptor> services)
    {
        Services = services;
        foreach (var service in services)
        {
            Add(service.File);
        }
    }

    public IReadOnlyList<ServiceDescriptor> Services { get; }

    public FileDescriptor? FileByName(string name) => _files.GetValueOrDefault(name);

    public FileDescriptor? FileOfSymbol(string fullName) => _symbols.GetValueOrDefault(fullName.TrimStart('.'));

    public FileDescriptor? FileOfExtension(string message, int number) => _extensions.GetValueOrDefault((message, number));

    /// <summary>The numbers of a message's extensions in order, or null when there is no such message.</summary>
    public IReadOnlyList<int>? ExtensionsOf(string message) =>
        _symbols.ContainsKey(message) ? [.. _extensions.Keys.Where(k => k.Message == message).Select(k => k.Number).Order()] : null;

    /// <summary>A file and everything it imports, imports last.</summary>
    public static IReadOnlyList<FileDescriptor> Closure(FileDescriptor file)
    {
        var result = new List<FileDescriptor> { file };
        for (var i = 0; i < result.Count; i++)
        {
            foreach (var import in result[i].Dependencies)
            {
                if (!result.Contains(import))
                {
                    result.Add(import);
                }
            }
        }

        return result;
    }

    private void Add(FileDescriptor file)
    {
        if (!_files.TryAdd(file.Name, file))
        {
            return;
        }

        foreach (var service in file.Services)
        {
            Add(service, file);
            foreach (var method in service.Methods)
            {
                Add(method, file);
            }
        }

        foreach (var message in file.MessageTypes)
        {
            AddMessage(message, file);
        }

        foreach (var enumeration in file.EnumTypes)
        {
            AddEnum(enumeration, file);
        }

        AddExtensions(file.Extensions, file);
        foreach (var import in file.Dependencies)
        {
            Add(import);
        }
    }

    private void Add(IDescriptor descriptor, FileDescriptor file) => _symbols.TryAdd(descriptor.FullName, file);

    private void AddMessage(MessageDescriptor message, FileDescriptor file)
    {
        Add(message, file);
        foreach (var field in message.Fields.InDeclarationOrder())
        {
            Add(field, file);
        }

        foreach (var oneof in message.Oneofs)
        {
            Add(oneof, file);
        }

        foreach (var nested in message.NestedTypes)
        {
            AddMessage(nested, file);
        }

        foreach (var enumeration in message.EnumTypes)
        {
            AddEnum(enumeration, file);
        }

        AddExtensions(message.Extensions, file);
    }

    private void AddEnum(EnumDescriptor enumeration, FileDescriptor file)
    {
        Add(enumeration, file);
        foreach (var value in enumeration.Values)
        {
            Add(value, file);
        }
    }

    private void AddExtensions(ExtensionCollection extensions, FileDescriptor file)
    {
        foreach (var extension in extensions.UnorderedExtensions)
        {
            Add(extension, file);
            _extensions.TryAdd((extension.ExtendeeType.FullName, extension.FieldNumber), file);
        }
    }
}
