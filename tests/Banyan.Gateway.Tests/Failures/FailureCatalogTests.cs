using Banyan.Gateway.Failures;


namespace Banyan.Gateway.Tests.Failures;

public sealed class FailureCatalogTests
{
    public static TheoryData<string> Reasons => [.. Enum.GetNames<FailureReason>().Where(n => n != "None")];

    [Theory]
    [MemberData(nameof(Reasons))]
    public void Every_reason_has_its_own_code_and_a_status(string name)
    {
        var form = FailureCatalog.Of(Enum.Parse<FailureReason>(name));

        Assert.InRange(form.Status, 400, 599);
        Assert.Matches("^[a-z]+(-[a-z]+)*$", form.Code);
        Assert.Matches("^[a-z]+(_[a-z]+)*$", form.ProxyError);
        Assert.Equal(name, string.Concat(form.Code.Split('-').Select(word => char.ToUpperInvariant(word[0]) + word[1..])));
    }
}
